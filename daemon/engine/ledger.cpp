// SPDX-License-Identifier: MIT
#include "daemon/engine/ledger.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace nurture::engine {
namespace {

auto place(std::vector<Sent>& entries, EnrolmentId enrolment, std::string_view step) {
    return std::lower_bound(entries.begin(), entries.end(), std::tie(enrolment, step),
                            [](const Sent& a, const std::tuple<const EnrolmentId&, const std::string_view&>& key) {
                                return std::tuple<EnrolmentId, std::string_view>(a.enrolment, a.step) < key;
                            });
}

}  // namespace

const Sent* find_sent(std::span<const Sent> of_person, EnrolmentId enrolment, std::string_view step) {
    for (const Sent& sent : of_person)
        if (sent.enrolment == enrolment && sent.step == step)
            return &sent;
    return nullptr;
}

void put_sent(std::vector<Sent>& of_person, const Sent& sent) {
    const auto at = place(of_person, sent.enrolment, sent.step);
    if (at != of_person.end() && at->enrolment == sent.enrolment && at->step == sent.step)
        *at = sent;
    else
        of_person.insert(at, sent);
}

void remove_sent(std::vector<Sent>& of_person, EnrolmentId enrolment, std::string_view step) {
    std::erase_if(of_person, [&](const Sent& sent) { return sent.enrolment == enrolment && sent.step == step; });
}

std::span<const Sent> Ledger::of(CandidateId who) const {
    const auto found = people_.find(who);
    return found == people_.end() ? std::span<const Sent>{} : found->second;
}

void Ledger::put(CandidateId who, const Sent& sent) {
    auto& entries = people_[who];
    if (const Sent* was = find_sent(entries, sent.enrolment, sent.step); was != nullptr && was->at >= day_start_)
        count(counts_, *was, today_[who], -1);
    if (sent.at >= day_start_)
        count(counts_, sent, today_[who], 1);
    put_sent(entries, sent);
}

void Ledger::remove(CandidateId who, EnrolmentId enrolment, std::string_view step) {
    const auto found = people_.find(who);
    if (found == people_.end())
        return;
    if (const Sent* was = find_sent(found->second, enrolment, step); was != nullptr && was->at >= day_start_)
        count(counts_, *was, today_[who], -1);
    remove_sent(found->second, enrolment, step);
    if (found->second.empty())
        people_.erase(found);
}

void Ledger::begin_day(Minute day_start) {
    day_start_ = day_start;
    counts_.clear();
    boost::unordered::erase_if(today_,
                               [&](const auto& person) { return count_today(person.first, person.second, 1) == 0; });
}

void Ledger::looked_after(CandidateId who, roster::Code owner) {
    const auto found = today_.find(who);
    if (found == today_.end() || found->second == owner)
        return;
    count_today(who, std::exchange(found->second, owner), -1);
    count_today(who, owner, 1);
}

std::size_t Ledger::count_today(CandidateId who, roster::Code owner, std::int32_t more) {
    std::size_t counted = 0;
    for (const Sent& sent : of(who))
        if (sent.at >= day_start_) {
            count(counts_, sent, owner, more);
            ++counted;
        }
    return counted;
}

}  // namespace nurture::engine
