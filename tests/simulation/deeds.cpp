// SPDX-License-Identifier: MIT
// What people, colleagues and the machine do to the program, and when.
#include "tests/simulation/simulation.hpp"

#include "daemon/base/calendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nurture::simulation {

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
    schedule(Deed::apply_broken, traits_.broken_rules);
    schedule(Deed::stop, traits_.stops);
    schedule(Deed::stop_file, traits_.stop_files);
    schedule(Deed::kill, traits_.crashes);
    schedule(Deed::disk, traits_.disk);
    schedule(Deed::clock_back, traits_.clock_back);
    schedule(Deed::clock_back_late, traits_.clock_back);
    schedule(Deed::clock_forward, traits_.clock_forward);
    schedule(Deed::answer, traits_.approvals ? 4 : 0);
    schedule(Deed::preview, 0.1);
}

void Simulation::perform(Deed deed) {
    static const std::set<Deed> can_wait{Deed::opt_out,    Deed::consent,         Deed::list, Deed::erase, Deed::stop,
                                         Deed::clock_back, Deed::clock_back_late, Deed::kill};
    if (can_wait.contains(deed) && !calm_ && dice_.chance(60))
        waiting_.push_back(deed);
    else
        act(deed);
}

/// By how much a clock is set back, somebody must have waited: who became due later would not go anyway.
bool Simulation::suits(Deed deed, const Received& about) const {
    return deed != Deed::clock_back_late || house_.due(about.message) + std::chrono::minutes(7) < wall();
}

void Simulation::ambush(const Received& about) {
    const auto first =
        std::find_if(waiting_.begin(), waiting_.end(), [&](Deed waiting) { return suits(waiting, about); });
    if (calm_ || first == waiting_.end())
        return;
    target_ = about;
    const auto deed = *first;
    waiting_.erase(first);
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
    case Deed::apply_broken: return apply_broken();
    case Deed::look_around: return;
    case Deed::preview: return void(record_.add(What::previewed).number = house_.preview(wall()) ? 0 : 1);
    case Deed::kill:
        // Soon after a message went: what was counted then must be known afterwards.
        return target_ ? at(now_ + dice_.below(25 * k_minute), Deed::kill_now) : kill();
    case Deed::kill_now: return kill();
    case Deed::disk: return trouble_on_disk();
    case Deed::clock_back: return set_clock_back(false);
    case Deed::clock_back_late: return set_clock_back(target_.has_value());
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
    if (answered)
        once_more(mail.address, [&] { house_.unsubscribe(mail.message, wall()); });
}

/// People press a button twice, and what a gateway or a mailbox tells comes again.
template<class Work>
void Simulation::once_more(const std::string& who, Work work) {
    if (!dice_.chance(40))
        return;
    const auto before = house_.written();
    work();
    record_.add(What::repeated, who).number = house_.written() - before;
}

void Simulation::reply() {
    if (peers_.received.empty() || !house_.up())
        return;
    // Mostly to what has just come.
    const auto back = dice_.below(std::min<int>(dice_.chance(70) ? 4 : 1000, static_cast<int>(peers_.received.size())));
    const auto mail = peers_.received[peers_.received.size() - 1 - static_cast<std::size_t>(back)];
    if (!house_.reply(mail.message, wall()))
        return;
    record_.add(What::replied, mail.address).message = mail.message;
    unread_replies_.emplace_back(mail.message, mail.address);
    once_more(mail.address, [&] { house_.reply(mail.message, wall()); });
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
    if (dice_.chance(30) && !p->email.empty())
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
    record_.add(What::applying).key = house_.hash_of(book);
    const auto id = house_.apply(book, open_people(), canary, wall());
    deeds_.erase(std::prev(deeds_.upper_bound(now_ + 2 * k_minute)));
    auto& line = record_.add(What::applied);
    line.number = id;
    line.text = std::to_string(canary);
    line.key = std::to_string(open_people());
}

/// A set that does not compile, as after an update of the program; two minutes later a colleague applies what was
/// there.
void Simulation::apply_broken() {
    at(now_ + 2 * k_minute, Deed::apply_again);
    record_.add(What::spoilt).number = house_.apply_broken(wall());
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

/// `late`: no further than to when the message at hand became due.
void Simulation::set_clock_back(bool late) {
    const Seconds waited = late ? (wall() - house_.due(target_->message)).count() / k_minute : 60;
    set_clock(clock_error_ - dice_.between(late ? 6 : 1, static_cast<int>(std::min<Seconds>(waited, 60))) * k_minute);
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
