// SPDX-License-Identifier: MIT
//
// One world from one seed: people, rules, peers, trouble, and the program in the middle of it, on a clock that only
// this moves. First comes a time with trouble, then a calm one in which whatever is due has to go out. The same seed
// gives the same world to the last byte.
#pragma once

#include "tests/simulation/checker.hpp"
#include "tests/simulation/house.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace nurture::simulation {

inline constexpr std::int64_t k_minute = 60, k_hour = 3600, k_day = 86400;

struct Person {
    base::CandidateId id = 0;
    std::string ref, first_name, email, phone, zone, stage;
    bool erased = false;
    bool half_erased = false;  // the attempt ended in trouble
};

struct Result {
    std::vector<Violation> violations;
    std::string journal;  // hash of the last row, in hexadecimal
    std::int64_t messages = 0, accepted = 0, in_doubt = 0, kills = 0;
};

class Simulation {
public:
    Simulation(std::uint64_t seed, const std::filesystem::path& directory);

    Result run();
    const Record& record() const { return record_; }
    const std::string& log() const { return log_; }
    /// The store's file as it is now.
    std::string store() const { return disk_.bytes(house_.store_path()); }

private:
    enum class Deed : std::uint8_t {
        opt_out,
        reply,
        consent,
        list,
        erase,
        import,
        import_again,
        erase_again,
        grow,
        event,
        edit,
        stop,
        stop_file,
        resume,
        apply_again,
        apply_broken,
        answer,
        kill,
        kill_now,
        disk,
        clock_back,
        clock_back_late,
        clock_forward,
        clock_right,
        look_around,
        preview,
        start,
    };
    using Seconds = std::int64_t;

    Second wall() const { return begin_ + std::chrono::seconds(now_ + clock_error_); }
    void draw_people();
    void schedule_trouble();
    void schedule(Deed deed, double per_day);
    void at(Seconds when, Deed deed) { deeds_.emplace(std::max(when, now_), deed); }
    void run_until(Seconds end);
    Seconds next(Seconds end) const;
    void step();
    void calm_down();
    /// What a death of the program can happen in.
    template<class Work>
    void guarded(Work work);
    void died(bool power_cut);
    void after_turn();
    int past_the_end(base::MessageId message);

    /// Now, or when the next message is about to leave, to the very person it goes to.
    void perform(Deed deed);
    void act(Deed deed);
    void ambush(const Received& about);
    bool suits(Deed deed, const Received& about) const;
    const Received* some_mail();
    void opt_out();
    void reply();
    void consent();
    void import_one();
    void import_people(const std::vector<Person>& people, bool live);
    void import_again();
    void erase(Person& person);
    void apply(const Rulebook& book);
    void apply_broken();
    template<class Work>
    void once_more(const std::string& who, Work work);
    void kill();
    void trouble_on_disk();
    void set_clock(Seconds error);
    void set_clock_back(bool late);

    std::int64_t open_people() const;
    std::int64_t surely_open_people() const;
    Person new_person();
    Person* somebody();

    std::uint64_t seed_;
    Dice dice_, world_;
    Traits traits_;
    Record record_;
    Disk disk_;
    Peers peers_;
    House house_;
    Rulebook book_;
    std::vector<Person> people_;
    std::multimap<Seconds, Deed> deeds_;
    Second begin_;
    Seconds now_ = 0, clock_error_ = 0;
    std::optional<Seconds> daemon_wakes_;
    std::vector<std::pair<base::MessageId, std::string>> unread_replies_;
    std::set<std::string> unsure_;  // refs whose last import ended in trouble
    std::vector<Deed> waiting_;
    std::optional<Received> target_;
    int kills_ = 0;
    bool calm_ = false;
    std::string log_;
};

}  // namespace nurture::simulation
