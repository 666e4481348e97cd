// SPDX-License-Identifier: MIT
#include "dsl/compiler.hpp"
#include "dsl/holidays.hpp"
#include "dsl/tighter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

/// One directory: what holds above it, and what its own blocks add.
class PolicyCompiler {
public:
    PolicyCompiler(Compiler& compiler, Policy& policy) : c_(compiler), policy_(policy) {}

    /// `policy` is a copy of the one above already.
    void inherit(const Policy& above, const Said& said) {
        above_ = &above;
        said_above_ = &said;
        said_.quiet_dates = said.quiet_dates;
        tighter_.emplace(c_, above, said);
    }

    void block(const ast::Policy& source) {
        if (name_ == nullptr) {
            name_ = &source;
            policy_.organisation = above_ == nullptr ? source.name.text : above_->organisation;
        } else if (name_->name.text != source.name.text) {
            c_.report("N0206", source.name.span, "the policy has two names",
                      "all `policy` blocks of a directory bear one name")
                .labels.push_back({name_->name.span, "the first one"});
        }
        for (const ast::PolicyLine& line : source.lines) {
            std::visit([this](const auto& l) { add(l); }, line);
        }
    }

    /// What only all lines together can break.
    Said finish() {
        if (tighter_) {
            tighter_->quiet_days(own_quiet_days_, said_.quiet_days);
        }
        const auto keep = [](std::optional<Span>& own, const std::optional<Span>& above) { own = own ? own : above; };
        if (above_ != nullptr) {
            keep(said_.quiet_hours, said_above_->quiet_hours);
            keep(said_.email_consent, said_above_->email_consent);
            keep(said_.sms_consent, said_above_->sms_consent);
            keep(said_.sms_limit, said_above_->sms_limit);
            keep(said_.quiet_days, said_above_->quiet_days);
        }
        return said_;
    }

    void must_have_a_zone() {
        const auto campaign =
            std::find_if(c_.files.begin(), c_.files.end(), [](const auto& f) { return !f.campaigns.empty(); });
        if (campaign == c_.files.end() || said_.zone || c_.policy_incomplete || c_.incomplete) {
            return;
        }
        const Span place = name_ != nullptr ? name_->span : campaign->campaigns.front().span;
        c_.report("N0407", place, "the policy does not say which time zone holds", "")
            .notes.push_back("Write in the policy:   time zone candidate, otherwise \"America/Chicago\"");
    }

    void check_floors() {
        for (const Floor& floor : policy_.floors) {
            for (const Cap& cap : policy_.caps) {
                const bool same = cap.per == CapPer::candidate && cap.directory.empty() &&
                                  (cap.of == CapOf::messages || (cap.of == floor.of && cap.kind == floor.kind));
                if (same && cap.count * floor.in.count() < floor.count * cap.in.count()) {
                    c_.report("N0613", floor.span, "the caps do not let this many messages out",
                              "so it can never be kept")
                        .labels.push_back({cap.span, "lets through fewer"});
                    break;
                }
            }
        }
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

    // --- only tighter ------------------------------------------------------------------------------------------------

    /// What is one for the whole organisation stands in the root.
    bool only_in_the_root(Span line, std::string_view what) {
        if (above_ == nullptr) {
            return true;
        }
        c_.report("N0413", line, fmt::format("{} is one for all directories", what),
                  "say it in the policy of the rules directory itself");
        return false;
    }

    // --- lines -------------------------------------------------------------------------------------------------------

    void add(const ast::PostalAddress& line) {
        if (only_in_the_root(line.span, "the postal address") && once(said_.address, line.span, "postal address")) {
            policy_.postal_address = line.text.text;
            if (fold(line.text.text).empty()) {
                c_.report("N0501", line.text.span, "the postal address is empty", "every email must show one");
            }
        }
    }

    void add(const ast::TimeZone& line) {
        if (!only_in_the_root(line.span, "the time zone") || !once(said_.zone, line.span, "time zone")) {
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
        if (!only_in_the_root(line.span, "the holiday calendar")) {
            return;
        }
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
        if (!once(said_.quiet_hours, line.span, "quiet hours")) {
            return;
        }
        const Window own{0b1111111, line.from.value, line.to.value};
        if (tighter_ && !tighter_->quiet_hours(own, line.span)) {
            return;
        }
        if (line.from.value == line.to.value) {
            c_.report("N0312", line.span, "quiet hours that end when they begin are no hours at all, or the whole day",
                      "write two different times");
        }
        policy_.quiet_hours = own;
    }

    void add(const ast::QuietDays& line) {
        policy_.quiet_days |= line.days;
        own_quiet_days_ |= line.days;
        said_.quiet_days = said_.quiet_days ? said_.quiet_days : line.span;
        if (policy_.quiet_days == 0b1111111) {
            c_.report("N0312", line.span, "every day of the week is quiet, so nothing is ever sent", "");
        }
    }

    void add(const ast::QuietDates& line) {
        if (tighter_) {
            tighter_->quiet_dates({line.from, line.to}, line.span);
        }
        policy_.quiet_dates.push_back({line.from, line.to});
        said_.quiet_dates.push_back(line.span);
    }

    void add(const ast::RequiresConsent& line) {
        const bool email = line.channel == ast::Channel::email;
        if (!once(email ? said_.email_consent : said_.sms_consent, line.span,
                  email ? "email requires consent" : "sms requires consent")) {
            return;
        }
        auto& consent = email ? policy_.email_consent : policy_.sms_consent;
        const ConsentIx own = c_.consent(line.consent);
        if (consent && *consent != own && tighter_) {
            tighter_->other_consent(line.span, email ? *said_above_->email_consent : *said_above_->sms_consent);
            return;
        }
        consent = own;
    }

    void add(const ast::SmsLimit& line) {
        if (!once(said_.sms_limit, line.span, "sms of at most")) {
            return;
        }
        const SmsLimit own = compile_sms_limit(c_, line);
        if (!tighter_ || tighter_->sms_limit(own)) {
            policy_.sms_limit = own;
        }
    }

    void add(const ast::Cap& line) {
        if (line.at_least) {
            return floor(line);
        }
        Cap cap;
        cap.directory = policy_.directory;
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
        if (tighter_) {
            tighter_->cap(cap);
        }
        policy_.caps.push_back(std::move(cap));
    }

    void floor(const ast::Cap& line) {
        if (!only_in_the_root(line.span, "how often people hear from you at least")) {
            return;
        }
        if (line.per != ast::CapPer::candidate || !line.in) {
            c_.report("N0209", line.span, "`at least` is said per candidate and for a length of time", "")
                .notes.push_back("Write:   at least 1 message per candidate in 120 days");
            return;
        }
        Floor floor;
        floor.count = static_cast<std::int32_t>(line.count.value);
        floor.of = static_cast<CapOf>(line.of);
        floor.in = rolling(*line.in);
        floor.span = line.span;
        floor.text = c_.one_line(line.span);
        if (line.kind) {
            floor.kind = line.kind->text;
            kinds_.push_back(*line.kind);
        }
        if (floor.count < 1) {
            c_.report("N0209", line.count.span, "at least 0 is always kept", "write 1 or more, or leave the line out");
        }
        policy_.floors.push_back(std::move(floor));
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
    const Policy* above_ = nullptr;  // none: this is the root
    const Said* said_above_ = nullptr;
    Said said_;
    std::optional<Tighter> tighter_;
    Weekdays own_quiet_days_ = 0;

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
    std::map<std::string, std::vector<const ast::Policy*>> directories{{"", {}}};
    for (const ast::File& file : compiler.files) {
        for (const ast::Policy& block : file.policies) {
            directories[directory_of(compiler.sources.files[file.file].path)].push_back(&block);
        }
    }
    std::map<std::string, Said> said;
    std::vector<ast::Quoted> kinds;
    compiler.rules.below.reserve(directories.size());  // policies above are looked at while others come in
    // A directory comes before those in it.
    for (const auto& [directory, blocks] : directories) {
        const bool root = directory.empty();
        const std::size_t above = root ? 0 : compiler.policy_at(blocks.front()->span.file);
        const Policy& inherited = above == 0 ? compiler.rules.policy : compiler.rules.below[above - 1];
        Policy& policy = root ? compiler.rules.policy : compiler.rules.below.emplace_back(inherited);
        PolicyCompiler one(compiler, policy);
        if (!root) {
            one.inherit(inherited, said.at(inherited.directory));
            policy.directory = directory;
        }
        for (const ast::Policy* block : blocks) {
            one.block(*block);
        }
        said[directory] = one.finish();
        if (root) {
            one.must_have_a_zone();
            one.check_floors();
        }
        kinds.insert(kinds.end(), one.kinds_.begin(), one.kinds_.end());
    }
    check_kinds(compiler, kinds);
}

}  // namespace nurture::dsl
