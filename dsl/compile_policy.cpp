// SPDX-License-Identifier: MIT
#include "dsl/compiler.hpp"
#include "dsl/holidays.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

class PolicyCompiler {
public:
    explicit PolicyCompiler(Compiler& compiler) : c_(compiler), policy_(compiler.rules.policy) {}

    void block(const ast::Policy& source) {
        if (name_ == nullptr) {
            name_ = &source;
            policy_.organisation = source.name.text;
        } else if (name_->name.text != source.name.text) {
            c_.report("N0206", source.name.span, "the policy has two names",
                      "all `policy` blocks speak for one organisation")
                .labels.push_back({name_->name.span, "the first one"});
        }
        for (const ast::PolicyLine& line : source.lines) {
            std::visit([this](const auto& l) { add(l); }, line);
        }
    }

    void finish() {
        const auto campaign =
            std::find_if(c_.files.begin(), c_.files.end(), [](const auto& f) { return !f.campaigns.empty(); });
        if (campaign == c_.files.end() || zone_ || c_.policy_incomplete || c_.incomplete) {
            return;
        }
        const Span place = name_ != nullptr ? name_->span : campaign->campaigns.front().span;
        c_.report("N0407", place, "the policy does not say which time zone holds", "")
            .notes.push_back("Write in the policy:   time zone candidate, otherwise \"America/Chicago\"");
    }

private:
    /// Remembers where a line that holds once was said; false for the second time.
    bool once(std::optional<Span>& seen, Span span, std::string_view what) {
        if (seen) {
            c_.said_twice(span, *seen, what);
            return false;
        }
        seen = span;
        return true;
    }

    void add(const ast::PostalAddress& line) {
        if (once(address_, line.span, "postal address")) {
            policy_.postal_address = line.text.text;
            if (fold(line.text.text).empty()) {
                c_.report("N0501", line.text.span, "the postal address is empty", "every email must show one");
            }
        }
    }

    void add(const ast::TimeZone& line) {
        if (!once(zone_, line.span, "time zone")) {
            return;
        }
        policy_.zone = line.fallback.text;
        const auto& zones = c_.world.zones;
        if (!zones.empty() && std::find(zones.begin(), zones.end(), policy_.zone) == zones.end()) {
            c_.unknown_name("N0207", "time zone", policy_.zone, line.fallback.span, zones,
                            "Zones are named as in   \"America/New_York\", \"America/Chicago\", "
                            "\"America/Denver\", \"America/Los_Angeles\"");
        }
    }

    void add(const ast::Holidays& line) {
        const auto& files = c_.sources.files;
        const auto file =
            std::find_if(files.begin(), files.end(), [&](const SourceFile& f) { return f.path == line.file.text; });
        if (file == files.end()) {
            std::vector<std::string> known;
            for (const SourceFile& f : files) {
                if (f.path.ends_with(".ics")) {
                    known.push_back(f.path);
                }
            }
            c_.unknown_name("N0207", "file", line.file.text, line.file.span, known,
                            "Holiday calendars (.ics) lie in the rules directory, beside the rule files.");
            return;
        }
        const auto days = holidays(file->text);
        if (!days) {
            c_.report("N0207", line.file.span,
                      fmt::format("\"{}\" is not a calendar with holidays in it", line.file.text),
                      "an iCalendar file (.ics) with at least one event");
            return;
        }
        check_years(*days, line);
        policy_.holidays.insert(policy_.holidays.end(), days->begin(), days->end());
        std::sort(policy_.holidays.begin(), policy_.holidays.end());
        policy_.holidays.erase(std::unique(policy_.holidays.begin(), policy_.holidays.end()), policy_.holidays.end());
        policy_.holidays_until = sys_days{year_month_day{policy_.holidays.back()}.year() / 12 / 31};
    }

    /// Every year from this one (or the first of the file) to the last must have an entry, and this year must.
    void check_years(const std::vector<sys_days>& days, const ast::Holidays& line) {
        const auto year_of = [](sys_days day) { return int{year_month_day{day}.year()}; };
        const bool knows_today = c_.world.today != sys_days{};
        const int from = knows_today ? year_of(c_.world.today) : year_of(days.front());
        const int last = std::max(year_of(days.back()), from);
        for (int year = from; year <= last; ++year) {
            if (std::none_of(days.begin(), days.end(), [&](sys_days day) { return year_of(day) == year; })) {
                c_.report("N0314", line.file.span, fmt::format("\"{}\" has no holiday in {}", line.file.text, year),
                          "messages would go out on that year's holidays");
            }
        }
    }

    void add(const ast::QuietHours& line) {
        if (!once(quiet_hours_, line.span, "quiet hours")) {
            return;
        }
        if (line.from.value == line.to.value) {
            c_.report("N0312", line.span, "quiet hours that end when they begin are no hours at all, or the whole day",
                      "write two different times");
        }
        policy_.quiet_hours = Window{0b1111111, line.from.value, line.to.value};
    }

    void add(const ast::QuietDays& line) {
        policy_.quiet_days |= line.days;
        if (policy_.quiet_days == 0b1111111) {
            c_.report("N0312", line.span, "every day of the week is quiet, so nothing is ever sent", "");
        }
    }

    void add(const ast::QuietDates& line) { policy_.quiet_dates.push_back({line.from, line.to}); }

    void add(const ast::RequiresConsent& line) {
        const bool email = line.channel == ast::Channel::email;
        if (once(email ? email_consent_ : sms_consent_, line.span,
                 email ? "email requires consent" : "sms requires consent")) {
            (email ? policy_.email_consent : policy_.sms_consent) = c_.consent(line.consent);
        }
    }

    void add(const ast::Cap& line) {
        if (line.at_least) {
            c_.not_yet(line.span, "at least … per candidate in …",
                       "Leave the line out: nothing is ever sent only to fill a quota.");
            return;
        }
        Cap cap;
        cap.count = static_cast<std::int32_t>(line.count.value);
        cap.of = static_cast<CapOf>(line.of);
        cap.per = static_cast<CapPer>(line.per);
        cap.span = line.span;
        if (cap.count < 1) {
            c_.report("N0209", line.count.span, "a cap of 0 would stop everything",
                      "write 1 or more, or `draft` in a campaign");
        }
        if (line.kind) {
            cap.kind = line.kind->text;
            kinds_.push_back(*line.kind);
        }
        if (line.in) {
            cap.in = rolling(*line.in);
        }
        policy_.caps.push_back(std::move(cap));
    }

    std::chrono::minutes rolling(const ast::Length& length) {
        switch (length.unit) {
        case ast::Unit::minutes: return std::chrono::minutes{length.count};
        case ast::Unit::hours: return std::chrono::hours{length.count};
        case ast::Unit::days: return std::chrono::days{length.count};
        case ast::Unit::weeks: return std::chrono::weeks{length.count};
        case ast::Unit::business_days:
        case ast::Unit::months:
        case ast::Unit::years: break;
        }
        c_.report("N0209", length.span, "a cap counts over hours, days or weeks",
                  "months and years have no fixed length")
            .notes.push_back("Write:   in 30 days   or   in 365 days");
        return std::chrono::minutes{1};
    }

    void add(const ast::NeverContact& line) {
        if (line.list) {
            policy_.never_contact_lists.push_back(c_.list(line.name));
        } else if (const auto segment = c_.segment(line.name)) {
            policy_.never_contact_segments.push_back(*segment);
        }
    }

    void add(const ast::Hold& line) {
        if (const auto segment = c_.segment(line.segment)) {
            policy_.hold_segments.push_back(*segment);
        }
    }

    Compiler& c_;
    Policy& policy_;
    const ast::Policy* name_ = nullptr;
    std::optional<Span> address_, zone_, quiet_hours_, email_consent_, sms_consent_;

public:
    std::vector<ast::Quoted> kinds_;
};

/// A cap on a kind that no template has would never bite.
void check_kinds(Compiler& c, const std::vector<ast::Quoted>& kinds) {
    std::vector<std::string> known;
    for (const Template& item : c.rules.templates) {
        if (!item.kind.empty()) {
            known.push_back(item.kind);
        }
    }
    for (const ast::Quoted& kind : kinds) {
        if (std::find(known.begin(), known.end(), kind.text) == known.end()) {
            c.unknown_name("N0205", "kind of message", kind.text, kind.span, known,
                           fmt::format("A template has a kind when it says so:   template \"…\" for email, kind \"{}\"",
                                       kind.text));
        }
    }
}

}  // namespace

void compile_policy(Compiler& compiler) {
    PolicyCompiler policy(compiler);
    for (const ast::File& file : compiler.files) {
        for (const ast::Policy& block : file.policies) {
            policy.block(block);
        }
    }
    policy.finish();
    check_kinds(compiler, policy.kinds_);
}

}  // namespace nurture::dsl
