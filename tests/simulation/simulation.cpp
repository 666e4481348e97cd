// SPDX-License-Identifier: MIT
#include "tests/simulation/simulation.hpp"

#include "daemon/base/error.hpp"
#include "daemon/base/log.hpp"

#include <algorithm>

namespace nurture::simulation {
namespace {

// After the last trouble: longer than any retry, so that whatever still waits does so for a reason.
constexpr std::int64_t k_calm = 3 * k_day;

Second first_minute(Dice& dice) {
    // Any hour of any day from February to November: clock changes of both halves of the world lie in it.
    return base::from_unix(1'770'000'000 / 60 * 60) + std::chrono::minutes(dice.below(280 * 24 * 60));
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, const std::filesystem::path& directory)
    : seed_(seed),
      dice_(seed, "world"),
      world_(seed, "disk"),
      traits_([&] {
          Dice dice(seed, "traits");
          return draw_traits(dice);
      }()),
      peers_(traits_, seed, record_),
      house_(directory, traits_, seed, disk_, peers_, record_),
      begin_(first_minute(dice_)) {
    base::set_log_sink([this](std::string_view line) { log_.append(line).append("\n"); });
    peers_.before_answer = [this](const Received& about) { ambush(about); };
    peers_.how_late = [this](base::MessageId message) { return past_the_end(message); };
    record_.now = wall();
    book_ = draw_rulebook(dice_, traits_.approvals);
    draw_people();
    apply(book_);
    import_people(people_, false);
    schedule_trouble();
    at(0, Deed::start);
}

Result Simulation::run() {
    run_until(traits_.days * k_day);
    calm_down();
    run_until((traits_.days * k_day) + k_calm);
    guarded([&] { house_.stop_in_order(wall()); });
    after_turn();
    Result outcome;
    house_.with_store([&](store::Database& database) {
        outcome.violations = check({record_, traits_, house_, people_, database, log_});
        tally(database, outcome.journal, outcome.messages, outcome.accepted, outcome.in_doubt);
    });
    outcome.kills = kills_;
    base::set_log_sink({});
    return outcome;
}

// --- time -----------------------------------------------------------------------------------------------------------

void Simulation::run_until(Seconds end) {
    for (now_ = next(end); now_ < end; now_ = next(end))
        step();
}

Simulation::Seconds Simulation::next(Seconds end) const {
    Seconds next = std::min(end, peers_.next());
    if (!deeds_.empty())
        next = std::min(next, deeds_.begin()->first);
    if (daemon_wakes_)
        next = std::min(next, *daemon_wakes_);
    return std::max(next, now_);
}

void Simulation::step() {
    record_.now = wall();
    peers_.set_time(now_);
    while (!deeds_.empty() && deeds_.begin()->first <= now_) {
        const auto deed = deeds_.begin()->second;
        deeds_.erase(deeds_.begin());
        record_.now = wall();
        guarded([&] { perform(deed); });
    }
    record_.now = wall();
    guarded([&] {
        peers_.run(now_);
        daemon_wakes_.reset();
        if (!house_.up())
            return;
        house_.turn(wall());
        after_turn();
        const auto wake = house_.next(wall());
        const auto in = std::max<Seconds>((wake - wall()).count(), wake == base::k_never ? k_day : 0);
        // It sleeps no longer than a minute; here longer where nothing moves the clock, which comes to the same.
        daemon_wakes_ = now_ + std::clamp<Seconds>(in, 1, k_day);
    });
}

template<class Work>
void Simulation::guarded(Work work) {
    try {
        work();
    } catch (const Killed&) {
        died(traits_.power_cuts && world_.chance(30));
    } catch (const base::StoreError& trouble) {
        record_.add(What::disk, "", trouble.what());
        died(disk_.dead() && traits_.power_cuts && world_.chance(50));
    }
}

void Simulation::died(bool power_cut) {
    ++kills_;
    house_.die(power_cut, world_);
    unread_replies_.clear();  // whether they were taken is not known; the engine reads them after the start
    peers_.take_bounced();
    daemon_wakes_.reset();
    const bool long_time = !calm_ && world_.chance(traits_.long_downtime);
    at(now_ + (long_time ? world_.between(1, 60) * k_hour : world_.between(1, 90)), Deed::start);
}

void Simulation::after_turn() {
    for (const auto& [channel, address] : peers_.take_bounced())
        record_.add(What::bounced, address).channel = channel;
    for (const auto& [message, ref] : unread_replies_)
        record_.add(What::reply_read, ref).message = message;
    unread_replies_.clear();
    if (house_.up())
        house_.note_journal();
}

/// A connection so slow that the message's opening is over when its turn comes; 0: not this one. A moment before, the
/// program looks around as it does every minute, so that nothing but its last look stands between.
int Simulation::past_the_end(base::MessageId message) {
    if (calm_ || !dice_.chance(traits_.past_the_end))
        return 0;
    const auto left = house_.closes(message) - wall();
    if (left <= std::chrono::seconds(4) || left > std::chrono::minutes(15))
        return 0;
    at(now_ + left.count() - 3, Deed::look_around);
    return static_cast<int>(left.count()) + dice_.below(30);
}

void Simulation::calm_down() {
    calm_ = true;
    peers_.recover();
    disk_.trouble_after(0, Trouble::none);
    const auto needed = [](Deed deed) {
        return deed == Deed::start || deed == Deed::resume || deed == Deed::import_again || deed == Deed::erase_again ||
               deed == Deed::apply_again;
    };
    std::erase_if(deeds_, [&](const auto& entry) { return !needed(entry.second); });
    at(now_, Deed::clock_right);
    at(now_, Deed::start);
    at(now_, Deed::resume);
    at(now_ + 1, Deed::kill);  // a start from the store lifts what only lay in memory, such as a relay's hold
    for (Seconds t = now_; t < now_ + k_calm; t += 6 * k_hour)
        at(t, Deed::answer);
}

}  // namespace nurture::simulation
