// SPDX-License-Identifier: MIT
//
// A policy in a sub-directory can only be stricter than the one above it: each line that would allow more is N0412,
// with both lines. Internal to dsl. One thread, one run.
#pragma once

#include "dsl/compiler.hpp"

namespace nurture::dsl {

/// Where the lines of a directory's policy stand, those that it inherits included.
struct Said {
    std::optional<Span> address, zone, quiet_hours, email_consent, sms_consent, sms_limit;
    std::optional<Span> quiet_days;  // the first
    std::vector<Span> quiet_dates;   // as in Policy
};

class Tighter {
public:
    Tighter(Compiler& compiler, const Policy& above, const Said& said) : c_(compiler), above_(above), said_(said) {}

    /// False: they leave out some of those above.
    bool quiet_hours(const Window& own, Span line);
    /// All of a directory together; `line` is the first.
    void quiet_days(Weekdays own, const std::optional<Span>& line);
    void quiet_dates(const Policy::QuietDates& own, Span line);
    void other_consent(Span line, Span above);
    /// False: it allows longer ones than the one above.
    bool sms_limit(const SmsLimit& own);
    void cap(const Cap& own);

private:
    void looser(Span line, Span above, std::string title, std::string write);

    Compiler& c_;
    const Policy& above_;
    const Said& said_;
};

}  // namespace nurture::dsl
