// SPDX-License-Identifier: MIT
//
// What a forecast takes for granted about people: the one list that preview, rehearsal and the coming days of a plan
// share. An answer that is assumed becomes the same item that a real one would be, at an instant that depends on
// nothing but what is given here. Pure; any thread. Whole minutes; days and business days are the policy's.
#pragma once

#include "daemon/base/calendar.hpp"
#include "dsl/rules.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::forecast {

using base::Day;
using base::Minute;

/// When approvals and personal notes are given.
enum class Approvals : std::uint8_t { next_morning, at_once, never };

struct Assumptions {
    Approvals approvals = Approvals::next_morning;
    std::int32_t replies = 0;  // of 10,000 messages; in all cases nobody clicks, opts out or bounces
    friend bool operator==(const Assumptions&, const Assumptions&) = default;
};

/// One `--assume`: "approvals=at-once", "replies=5%". Returns what is wrong with it, as a sentence.
std::optional<std::string> assume(Assumptions& assumptions, std::string_view option);
/// For the head line of every report, without a full stop.
std::string sentence(const Assumptions& assumptions);
std::string_view to_text(Approvals approvals);                // "next-morning"
std::string replies_percent(const Assumptions& assumptions);  // "5", "0.25"

/// When a message that was accepted at `counted_at` is answered: a day later, or never. Drawn by who got which step, so
/// that the same people answer in every forecast and rehearsal.
std::optional<Minute> reply_minute(const Assumptions& assumptions, std::string_view ref, std::string_view campaign,
                                   std::string_view step, Minute counted_at);

/// When a person answers what was asked: the next business day at 09:00, or one minute before the deadline if that is
/// earlier. Never before `asked`; none: never. `deadline`: k_never if there is none.
std::optional<Minute> decision_minute(const Assumptions& assumptions, Minute asked, Minute deadline, base::ZoneId zone,
                                      base::Holidays holidays);

/// The answers that are still to come. A question is known by its number (in a store: of the human step); numbers grow
/// in the order of asking, and answers of one minute come in that order.
class Answers {
public:
    /// What was asked before `start` counts as asked then.
    Answers(const Assumptions& assumptions, const dsl::Policy& policy, Minute start);

    void asked(std::int64_t question, Minute at, Minute deadline);
    /// It needs no answer any more.
    void withdrawn(std::int64_t question);

    /// Of the first answer; k_never: there is none.
    Minute next() const;
    /// Questions that are answered at or before `now`, first answer first; each is given out once.
    std::vector<std::int64_t> take(Minute now);

private:
    Assumptions assumptions_;
    base::ZoneId zone_;
    std::vector<Day> holidays_;
    Minute start_;
    std::map<std::int64_t, Minute> by_question_;
    std::set<std::pair<Minute, std::int64_t>> due_;
};

}  // namespace nurture::forecast
