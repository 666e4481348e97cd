// SPDX-License-Identifier: MIT
#include "tests/simulation/simulation.hpp"

#include "daemon/base/calendar.hpp"
#include "daemon/base/error.hpp"
#include "daemon/base/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nurture::simulation {
namespace {

constexpr std::int64_t k_minute = 60, k_hour = 3600, k_day = 86400;
// After the last trouble: longer than any retry, so that whatever still waits does so for a reason.
constexpr std::int64_t k_calm = 3 * k_day;

const std::vector<std::string> k_zones{"",
                                       "America/New_York",
                                       "America/Los_Angeles",
                                       "America/Phoenix",
                                       "Europe/Dublin",
                                       "Australia/Lord_Howe",
                                       "Asia/Kathmandu"};

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

// --- people ---------------------------------------------------------------------------------------------------------

Person Simulation::new_person() {
    static const std::vector<std::string> names{"Ana", "Lu", "Zoë", "José", "Mei", ""};
    const auto number = people_.size();
    Person p;
    p.ref = "c" + std::to_string(number);
    p.first_name = dice_.pick(names);
    p.email = dice_.chance(92) ? fmt::format("c{}@candidates.example", number) : "";
    p.phone = dice_.chance(80) ? fmt::format("+1555555{:04}", number) : "";
    if (traits_.shared_mailboxes && number > 0 && dice_.chance(25)) {
        const auto& other = dice_.pick(people_);
        if (!other.erased && !other.email.empty())
            p.email = other.email;
        if (!p.email.empty() && dice_.chance(50))
            p.email.front() = 'C';
        if (!other.erased && dice_.chance(30))
            p.phone = other.phone;
    }
    p.zone = dice_.pick(k_zones);
    p.stage = dice_.chance(75) ? "Open" : "Hired";
    return p;
}

void Simulation::draw_people() {
    for (int i = 0; i < traits_.people; ++i)
        people_.push_back(new_person());
    if (traits_.test_mode)
        for (std::size_t i = 0; i < people_.size(); i += 2)
            for (const auto& address : {people_[i].email, people_[i].phone})
                if (!address.empty())
                    house_.allow(address);
}

std::int64_t Simulation::open_people() const {
    return std::count_if(people_.begin(), people_.end(), [](const auto& p) { return !p.erased && p.stage == "Open"; });
}

Person* Simulation::somebody() {
    if (target_) {
        const auto found = std::find_if(people_.begin(), people_.end(), [&](const auto& p) {
            return !p.erased && p.id != 0 && (p.email == target_->address || p.phone == target_->address);
        });
        return found == people_.end() ? nullptr : &*found;
    }
    auto& person = people_[static_cast<std::size_t>(dice_.below(static_cast<int>(people_.size())))];
    return person.erased || person.id == 0 ? nullptr : &person;
}

void Simulation::import_people(const std::vector<Person>& people, bool live) {
    std::string csv = "ref,first_name,email,phone,time_zone,stage,consent:job news,consent:text messages\n";
    for (const auto& p : people) {
        // Said once, when a person comes in; later rows say nothing about it.
        const char* mail = p.id == 0 && dice_.chance(85) ? "given" : "";
        const char* text = p.id == 0 && dice_.chance(70) ? "given" : "";
        csv += fmt::format("{},{},{},{},{},{},{},{}\n", p.ref, p.first_name, p.email, p.phone, p.zone, p.stage, mail,
                           text);
    }
    try {
        house_.import(csv, false, live, wall());
    } catch (...) {  // done or not, nobody knows: as people do, the file is imported again
        for (const auto& p : people)
            unsure_.insert(p.ref);
        at(now_ + 2 * k_minute, Deed::import_again);
        throw;
    }
    for (auto& p : people_)
        if (p.id == 0)
            p.id = house_.id_of(p.ref);
    record_.add(What::imported, people.size() == 1 ? people.front().ref : "", fmt::format("{} rows", people.size()))
        .number = open_people();
}

void Simulation::import_again() {
    std::vector<Person> again;
    for (const auto& p : people_)
        if (unsure_.contains(p.ref) && !p.erased)
            again.push_back(p);
    unsure_.clear();
    if (!again.empty())
        import_people(again, false);
}

void Simulation::erase(Person& person) {
    person.erased = true;
    try {
        house_.erase(person.ref, wall());
    } catch (...) {  // as with imports
        person.half_erased = true;
        at(now_ + 2 * k_minute, Deed::erase_again);
        throw;
    }
    for (const auto channel : {Channel::email, Channel::sms})
        record_.add(What::erased, channel == Channel::email ? person.email : person.phone, person.ref).channel =
            channel;
    record_.lines.back().number = open_people();
}

// --- deeds ----------------------------------------------------------------------------------------------------------

void Simulation::schedule(Deed deed, double per_day) {
    for (int day = 0; day < traits_.days; ++day)
        for (double left = per_day; left > 0; left -= 1)
            if (dice_.chance(std::min(left, 1.0) * 100))
                at(day * k_day + dice_.below(k_day), deed);
}

void Simulation::schedule_trouble() {
    schedule(Deed::opt_out, traits_.opt_outs);
    schedule(Deed::reply, traits_.replies);
    schedule(Deed::consent, traits_.consents);
    schedule(Deed::list, traits_.listed);
    schedule(Deed::erase, traits_.erasures);
    schedule(Deed::import, traits_.imports);
    schedule(Deed::grow, traits_.growth);
    schedule(Deed::event, traits_.events);
    schedule(Deed::edit, traits_.edits);
    schedule(Deed::stop, traits_.stops);
    schedule(Deed::stop_file, traits_.stop_files);
    schedule(Deed::kill, traits_.crashes);
    schedule(Deed::disk, traits_.disk);
    schedule(Deed::clock_back, traits_.clock_back);
    schedule(Deed::clock_forward, traits_.clock_forward);
    schedule(Deed::answer, traits_.approvals ? 4 : 0);
}

void Simulation::perform(Deed deed) {
    static const std::set<Deed> can_wait{Deed::opt_out, Deed::consent, Deed::list,
                                         Deed::erase,   Deed::stop,    Deed::clock_back};
    if (can_wait.contains(deed) && dice_.chance(60))
        waiting_ = deed;
    else
        act(deed);
}

void Simulation::ambush(const Received& about) {
    if (!waiting_ || calm_)
        return;
    target_ = about;
    const auto deed = *std::exchange(waiting_, {});
    try {
        act(deed);
    } catch (...) {
        target_.reset();
        throw;
    }
    target_.reset();
}

const Received* Simulation::some_mail() {
    if (target_)
        return &*target_;
    return peers_.received.empty() ? nullptr : &dice_.pick(peers_.received);
}

void Simulation::act(Deed deed) {
    switch (deed) {
    case Deed::opt_out: return opt_out();
    case Deed::reply: return reply();
    case Deed::consent: return consent();
    case Deed::list:
        if (const auto* p = somebody()) {
            house_.put_off_limits(p->ref, wall());
            record_.add(What::off_limits, p->ref);
        }
        return;
    case Deed::erase:
        if (auto* p = somebody())
            erase(*p);
        return;
    case Deed::erase_again:
        for (auto& p : people_)
            if (std::exchange(p.half_erased, false))
                erase(p);
        return;
    case Deed::import: return import_one();
    case Deed::import_again: return import_again();
    case Deed::grow: {
        std::vector<Person> more;
        for (int i = dice_.between(3, 12); i > 0; --i) {
            people_.push_back(new_person());
            people_.back().stage = "Open";
            more.push_back(people_.back());
        }
        return import_people(more, false);
    }
    case Deed::event:
        if (const auto* p = somebody()) {
            house_.import(
                fmt::format("ref,event,at,detail\n{},applied,{},Nurse\n", p->ref, base::format_instant(wall())), true,
                true, wall());
            record_.add(What::happened, p->ref, "applied");
        }
        return;
    case Deed::edit: return apply(edit(book_, dice_));
    case Deed::apply_again: return apply(book_);
    case Deed::stop:
    case Deed::stop_file:
        house_.stop(deed == Deed::stop_file, wall());
        record_.add(What::stopped, "", deed == Deed::stop_file ? "by a file" : "by command");
        return at(now_ + dice_.between(1, 30) * k_hour / 2, Deed::resume);
    case Deed::resume:
        // Before: if it ends in trouble, it may have been done all the same.
        record_.add(What::resumed);
        at(now_ + 2 * k_minute, Deed::resume);
        house_.resume(wall());
        deeds_.erase(std::prev(deeds_.upper_bound(now_ + 2 * k_minute)));
        return;
    case Deed::answer:
        if (house_.up())
            if (const int answers = house_.answer(dice_, wall()); answers > 0)
                record_.add(What::answered).number = answers;
        return;
    case Deed::kill: return kill();
    case Deed::disk: return trouble_on_disk();
    case Deed::clock_back: return set_clock(-dice_.between(1, 60) * k_minute);
    case Deed::clock_forward: return set_clock(dice_.between(1, 120) * k_minute);
    case Deed::clock_right: return set_clock(0);
    case Deed::start:
        if (!house_.up())
            house_.start(wall());
        return;
    }
}

void Simulation::opt_out() {
    const auto* picked = some_mail();
    if (picked == nullptr)
        return;
    const auto mail = *picked;
    bool answered = false;
    try {
        answered = house_.unsubscribe(mail.message, wall());
    } catch (...) {
        record_.add(What::not_opted, mail.address).channel = mail.channel;
        throw;
    }
    record_.add(answered ? What::opted_out : What::not_opted, mail.address).channel = mail.channel;
}

void Simulation::reply() {
    if (peers_.received.empty() || !house_.up())
        return;
    const auto mail = dice_.pick(peers_.received);
    if (!house_.reply(mail.message, wall()))
        return;
    record_.add(What::replied, mail.address).message = mail.message;
    unread_replies_.emplace_back(mail.message, mail.address);
}

void Simulation::consent() {
    const auto* picked = some_mail();
    if (picked == nullptr || !house_.up())
        return;
    const auto mail = *picked;
    const bool given = !target_ && dice_.chance(25);
    if (given) {  // before: if it ends in trouble, it may have been done all the same
        auto& line = record_.add(What::renewed, mail.address);
        line.channel = mail.channel;
        line.message = mail.message;
    }
    if (!house_.consent(mail.message, given, wall()))
        return;
    if (given)
        return;
    auto& line = record_.add(What::withdrew, mail.address);
    line.channel = mail.channel;
    line.message = mail.message;
}

void Simulation::import_one() {
    auto* p = somebody();
    if (p == nullptr || dice_.chance(20)) {
        people_.push_back(new_person());
        return import_people({people_.back()}, dice_.chance(50));
    }
    auto changed = *p;
    if (dice_.chance(30) && !p->email.empty() && !traits_.test_mode)
        changed.email = fmt::format("{}.{}@candidates.example", p->ref, dice_.below(100));
    else
        changed.stage = p->stage == "Open" ? "Hired" : "Open";
    *p = changed;
    import_people({changed}, true);
}

void Simulation::apply(const Rulebook& book) {
    const int canary = traits_.canary ? dice_.between(1, 4) : 0;
    book_ = book;
    at(now_ + 2 * k_minute, Deed::apply_again);
    const auto id = house_.apply(book, open_people(), canary, wall());
    deeds_.erase(std::prev(deeds_.upper_bound(now_ + 2 * k_minute)));
    auto& line = record_.add(What::applied);
    line.number = id;
    line.text = std::to_string(canary);
    line.key = std::to_string(open_people());
}

void Simulation::kill() {
    if (!house_.up())
        return;
    switch (calm_ ? 0 : dice_.below(4)) {
    case 0: throw Killed{};
    case 1: return peers_.kill_at_next_release();
    case 2: return house_.kill_after_next_commit();
    default: return disk_.trouble_after(dice_.between(1, 60), Trouble::killed);
    }
}

void Simulation::trouble_on_disk() {
    static const std::vector<Trouble> kinds{Trouble::write_error, Trouble::full, Trouble::sync_error};
    disk_.trouble_after(dice_.between(1, 60), dice_.pick(kinds));
}

void Simulation::set_clock(Seconds error) {
    if (clock_error_ == error)
        return;
    clock_error_ = error;
    record_.now = wall();
    record_.add(What::clock).number = error;
    if (error != 0)
        at(now_ + dice_.between(1, 12) * k_hour, Deed::clock_right);
}

}  // namespace nurture::simulation
