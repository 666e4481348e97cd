// SPDX-License-Identifier: MIT
// Who is in the store: people drawn, imported, changed, erased.
#include "tests/simulation/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::simulation {
namespace {

const std::vector<std::string> k_zones{"",
                                       "America/New_York",
                                       "America/Los_Angeles",
                                       "America/Phoenix",
                                       "Europe/Dublin",
                                       "Australia/Lord_Howe",
                                       "Asia/Kathmandu"};

}  // namespace

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

/// Without those of a file that broke off: they may be in the store, or not.
std::int64_t Simulation::surely_open_people() const {
    return open_people() - std::count_if(people_.begin(), people_.end(), [this](const auto& p) {
               return !p.erased && p.stage == "Open" && unsure_.contains(p.ref);
           });
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
        record_.add(What::imported, "", "perhaps").number = surely_open_people();
        at(now_ + 2 * k_minute, Deed::import_again);
        throw;
    }
    std::vector<std::string> refs;
    for (const auto& p : people)
        refs.push_back(p.ref);
    const auto ids = house_.ids_of(refs);
    for (std::size_t i = 0; i < refs.size(); ++i)
        std::find_if(people_.begin(), people_.end(), [&](const auto& p) { return p.ref == refs[i]; })->id = ids[i];
    record_.add(What::imported, people.size() == 1 ? people.front().ref : "", fmt::format("{} rows", people.size()))
        .number = surely_open_people();
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
        record_.add(What::imported, "", "an erasure, perhaps").number = surely_open_people();
        at(now_ + 2 * k_minute, Deed::erase_again);
        throw;
    }
    for (const auto channel : {Channel::email, Channel::sms})
        record_.add(What::erased, channel == Channel::email ? person.email : person.phone, person.ref).channel =
            channel;
    record_.lines.back().number = surely_open_people();
}

}  // namespace nurture::simulation
