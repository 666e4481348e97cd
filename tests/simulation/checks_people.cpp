// SPDX-License-Identifier: MIT
// Promises about people, campaigns, and the whole.
#include "tests/simulation/judge.hpp"

#include "connectors/address.hpp"
#include "daemon/store/suppressions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::simulation {

using store::MessageState;

void Judge::doubts_of_a_crash() {
    const int connections = e_.traits.connections + 2;
    std::map<std::size_t, int> doubts;  // by the turn before
    for (const auto& line : journal_)
        if (line.row.kind == "outcome" && line.body.value("code", "") == "restart")
            if (++doubts[line.after] == connections + 1)
                blame("6: a crash leaves at most one doubt per connection", fmt::format("more than {}", connections));
}

void Judge::everything_was_approved() {
    constexpr auto promise = "7: every hand-over is approved";
    for (const auto& line : e_.record.lines) {
        const auto* m = message(line.message);
        if (line.what != What::begun || m == nullptr || m->purpose != store::MessagePurpose::campaign)
            continue;
        const auto* campaign = plan(*m);
        if (campaign == nullptr || campaign->draft) {
            blame(promise, "no applied rules say so", m->id, line.who);
            continue;
        }
        if (e_.traits.test_mode && !e_.house.allows(line.who))
            blame(promise, "the address is not on the allow-list", m->id, line.who);
        if (!campaign->approval)
            continue;
        // Skipped by the rules: what comes after the message that was not approved goes without it.
        if (m->approval == 0 && !campaign->approval_stops && m->step != campaign->steps.front().name)
            continue;
        const auto approval = store::human_step(e_.database, m->approval);
        if (!approval || approval->decision != "approved")
            blame(promise, "nobody said yes", m->id, line.who);
        if (m->shown && m->text_hash && *m->shown != *m->text_hash)
            blame(promise, "the text is not the one that was approved", m->id, line.who);
    }
}

// What was committed just before a kill is seen only after the restart, when people or rules may be others already; and
// the clock may be wrong. So both are asked, the order in which it was seen and the time at which it was done: a
// promise is broken when neither excuses it.

void Judge::audiences_stay_in_their_bounds() {
    for (const auto& line : journal_) {
        if (line.row.kind != "enrol")
            continue;
        std::int64_t seen_audience = 0, timely_audience = 0, approved = 0;
        for (std::size_t i = 0; i < line.after && i < e_.record.lines.size(); ++i) {
            const auto& seen = e_.record.lines[i];
            if (seen.what == What::imported || (seen.what == What::erased && seen.channel == Channel::sms)) {
                seen_audience = seen.number;
                timely_audience = seen.at <= line.row.at ? seen.number : timely_audience;
            }
            if (seen.what == What::applied)
                approved = seen.number == 0 ? 0 : std::stoll(seen.key);
        }
        const auto audience = std::min(seen_audience, timely_audience);
        const auto bound = approved + std::max<std::int64_t>(approved * 20 / 100, e_.traits.growth_people);
        if (audience > bound)
            blame("7: nobody enters an audience that outgrew its bound",
                  fmt::format("enrolment {} of {}: {} people, {} approved", line.row.enrolment,
                              line.body.value("campaign", ""), audience, approved));
    }
}

void Judge::canaries_are_waited_for() {
    for (std::size_t i = 0; i < e_.record.lines.size(); ++i) {
        const auto& applied = e_.record.lines[i];
        const int canary = applied.what == What::applied ? std::stoi(applied.text) : 0;
        if (canary == 0)
            continue;
        std::size_t until = i + 1;
        while (until < e_.record.lines.size() && e_.record.lines[until].what != What::applied)
            ++until;
        using Slots = std::map<std::string, std::vector<std::int64_t>>;
        Slots seen, timely;
        for (const auto& line : journal_)
            if (line.row.kind == "release" && line.after > i && line.after < until) {
                const auto campaign = line.body.value("campaign", "");
                const auto slot = line.body["slot"].get<std::int64_t>();
                seen[campaign].push_back(slot);
                if (line.row.at >= applied.at)
                    timely[campaign].push_back(slot);
            }
        const auto hurries = [canary](const std::vector<std::int64_t>& at) {
            const auto last = static_cast<std::size_t>(canary) - 1;
            return at.size() > last + 1 && at[last + 1] < at[last] + 30 * 60;
        };
        for (const auto& [campaign, at] : seen)
            if (hurries(at) && hurries(timely[campaign]))
                blame("7: the canary is waited for", campaign);
    }
}

void Judge::caps_hold() {
    constexpr auto promise = "9: no cap is exceeded";
    std::map<base::CandidateId, std::vector<std::int64_t>> per_person;
    std::map<std::int64_t, int> per_day;
    for (const auto& [id, m] : messages_)
        if (m.purpose == store::MessagePurpose::campaign && store::counts(m.state) && m.counted_at) {
            per_person[m.candidate].push_back(base::to_unix(*m.counted_at));
            ++per_day[wall_time(k_policy_zone, *m.counted_at).day];
        }
    const int in_a_day = most([](const Rulebook& b) { return b.cap_day; });
    const int in_a_week = most([](const Rulebook& b) { return b.cap_week; });
    for (auto& [who, at] : per_person) {
        std::sort(at.begin(), at.end());
        for (const auto& [cap, length] : {std::pair(in_a_day, 86400), std::pair(in_a_week, 7 * 86400)})
            for (std::size_t i = static_cast<std::size_t>(cap); i < at.size(); ++i)
                if (at[i] - at[i - static_cast<std::size_t>(cap)] < length)
                    blame(promise, fmt::format("candidate {}: more than {} in {} h", who, cap, length / 3600));
    }
    const int all = most([](const Rulebook& b) { return b.cap_all; });
    for (const auto& [day, count] : per_day)
        if (count > all)
            blame(promise, fmt::format("{} messages on one day, {} allowed", count, all));
}

void Judge::entries_keep_their_distance() {
    constexpr auto promise = "2: entries keep their distance";
    std::map<std::pair<std::string, store::AddrKey>, const store::Enrolment*> before;
    std::set<base::EnrolmentId> contacted;
    for (const auto& [id, m] : messages_)
        if (store::counts(m.state))
            contacted.insert(m.enrolment);
    for (const auto& [id, enrolment] : enrolments_) {
        if (!enrolment.addr_key || !contacted.contains(id))
            continue;
        auto& last = before[{enrolment.campaign, *enrolment.addr_key}];
        int least = 0;  // days; no rulebook lets anybody in again: for ever
        for (const auto& [set, book] : e_.house.books)
            if (const auto* c = book.campaign(enrolment.campaign); c != nullptr && c->re_enter_days > 0)
                least = least == 0 ? c->re_enter_days : std::min(least, c->re_enter_days);
        const auto apart = last != nullptr ? wall_time(k_policy_zone, enrolment.entered_at).day -
                                                 wall_time(k_policy_zone, last->entered_at).day
                                           : 0;
        if (last != nullptr && (least == 0 || apart < least))
            blame(promise, fmt::format("enrolments {} and {} of one mailbox in {}", last->id, id, enrolment.campaign));
        last = &enrolment;
    }
}

void Judge::entries_keep_to_their_quota() {
    std::map<std::pair<std::string, std::int64_t>, std::vector<const JournalLine*>> entered;
    for (const auto& line : journal_)
        if (line.row.kind == "enrol")
            entered[{line.body.value("campaign", ""), wall_time(k_policy_zone, line.row.at).day}].push_back(&line);
    for (const auto& [key, lines] : entered) {
        std::size_t quota = 0;
        for (const auto* book : books_between(lines.front()->before, lines.back()->after))
            if (const auto* campaign = book->campaign(key.first))
                quota = std::max(quota, static_cast<std::size_t>(campaign->per_day));
        if (lines.size() > quota)
            blame("9: no cap is exceeded",
                  fmt::format("{} entered {} on one day, {} may", lines.size(), key.first, quota));
    }
}

void Judge::steps_come_in_order() {
    constexpr auto promise = "10: steps in order, their waits apart";
    std::map<base::EnrolmentId, std::vector<const store::Message*>> sent;
    for (const auto& [id, m] : messages_)
        if (m.enrolment != 0 && store::counts(m.state) && m.counted_at)
            sent[m.enrolment].push_back(&m);
    const auto index = [](const Campaign& c, const std::string& step) {
        return static_cast<int>(
            std::find_if(c.steps.begin(), c.steps.end(), [&](const auto& s) { return s.name == step; }) -
            c.steps.begin());
    };
    for (const auto& [enrolment, of] : sent)
        for (std::size_t i = 1; i < of.size(); ++i) {
            const auto* c = plan(*of[i]);
            if (c == nullptr)
                continue;
            const int a = index(*c, of[i - 1]->step), b = index(*c, of[i]->step);
            std::int64_t wait = 0;
            for (int s = a + 1; s <= b && s < static_cast<int>(c->steps.size()); ++s)
                wait += c->steps[static_cast<std::size_t>(s)].wait_days * std::int64_t{86400};
            const auto apart = base::to_unix(*of[i]->counted_at) - base::to_unix(*of[i - 1]->counted_at);
            // Days keep the time on the wall: one of them may be an hour short.
            if (a >= b || apart < std::max<std::int64_t>(wait - 3600, 0))
                blame(promise, fmt::format("{} s between {} and {}", apart, of[i - 1]->step, of[i]->step), of[i]->id);
        }
}

void Judge::nothing_after_a_reply() {
    std::map<base::CandidateId, Second> replied;
    for (const auto& line : e_.record.lines) {
        const auto* m = message(line.message);
        if (m == nullptr)
            continue;
        if (line.what == What::reply_read)
            replied[m->candidate] = line.at;
        const auto since = replied.find(m->candidate);
        const auto enrolment = enrolments_.find(m->enrolment);
        if (line.what == What::begun && since != replied.end() && enrolment != enrolments_.end() &&
            enrolment->second.entered_at < since->second)
            blame("11: nothing after a human reply", "started in an enrolment that was live then", m->id, line.who);
    }
}

/// The set before goes on; nothing is decided by one that cannot be read.
void Judge::rules_that_fail_change_nothing() {
    std::set<std::int64_t> spoilt;
    for (const auto& line : e_.record.lines)
        if (line.what == What::spoilt)
            spoilt.insert(line.number);
    for (const auto& [id, m] : messages_)
        if (spoilt.contains(m.rule_set))
            blame("19: rules that cannot be used change nothing", "decided by such a set", id);
}

void Judge::the_same_twice_is_once() {
    for (const auto& line : e_.record.lines)
        if (line.what == What::repeated && line.number != 0)
            blame("22: the same twice is once", fmt::format("{} rows more", line.number), line.message, line.who);
}

void Judge::previews_touch_nothing() {
    const auto& lines = e_.record.lines;
    if (std::any_of(lines.begin(), lines.end(),
                    [](const auto& l) { return l.what == What::previewed && l.number != 0; }))
        blame("18: a preview touches nothing", "the store's files are not what they were");
}

void Judge::the_journal_holds() {
    constexpr auto promise = "14: the journal holds and only grows";
    if (const auto checked = store::verify_journal(e_.database); !checked.ok())
        blame(promise, checked.problem);
    for (const auto& line : e_.record.lines)
        if (line.what == What::journal) {
            const auto row = static_cast<std::size_t>(line.number) - 1;
            if (line.number > 0 && (row >= journal_.size() || base::hex(journal_[row].row.hash) != line.text))
                return blame(promise, fmt::format("row {} is gone, or another one", line.number));
        }
}

void Judge::opt_outs_survive() {
    const auto pepper = store::pepper(e_.database);
    for (const auto& line : e_.record.lines) {
        if (line.what != What::opted_out && line.what != What::erased && line.what != What::bounced)
            continue;
        std::optional<store::AddrKey> key;
        if (line.channel == Channel::email) {
            if (const auto address = connectors::EmailAddress::parse(line.who))
                key = connectors::address_key(pepper, *address);
        } else if (const auto number = connectors::PhoneNumber::parse(line.who)) {
            key = connectors::address_key(pepper, *number);
        }
        if (key && !store::suppression(e_.database, *key, line.channel, e_.record.now))
            blame("15: every opt-out that was answered survives", std::string(name(line.what)), 0, line.who);
    }
}

void Judge::no_personal_data() {
    std::string said = lower(e_.log);
    for (const auto& line : journal_)
        said += lower(line.row.body);
    for (const auto& person : e_.people)
        for (const auto& secret : {person.email, person.phone})
            if (!secret.empty() && said.find(lower(secret)) != std::string::npos)
                blame("17: no personal data in log and journal", person.ref, 0, secret);
}

}  // namespace nurture::simulation
