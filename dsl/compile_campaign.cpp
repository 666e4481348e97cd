// SPDX-License-Identifier: MIT
//
// What stands above the first step of a campaign.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

class HeadCompiler {
public:
    HeadCompiler(Compiler& compiler, const ast::Campaign& source, Campaign& campaign)
        : c_(compiler),
          in_(source),
          out_(campaign) {}

    void run() {
        out_.span = in_.span;
        owner();
        audience();
        sender();
        sms_sender();
        sms_limit();
        entry();
        enroll();
        re_enter();
        window();
        priority();
        expiry();
        c_.at_most_once(in_.draft, "draft");
        out_.draft = !in_.draft.empty();
        stops();
        pauses();
    }

private:
    /// A line without which nobody can know what the author wants.
    void missing(std::string_view what, std::string_view write) {
        if (in_.incomplete) {
            return;  // it may have stood on the line that could not be read
        }
        c_.report("N0407", in_.span, fmt::format("the campaign \"{}\" {}", in_.name.text, what), "")
            .notes.push_back(fmt::format("Write:   {}", write));
    }

    void owner() {
        c_.at_most_once(in_.owner, "owner");
        if (in_.owner.empty()) {
            return missing("has no owner: who gets tasks and replies?",
                           "owner \"dana.wu\"   or   owner from candidate, otherwise \"dana.wu\"");
        }
        out_.owner = compile_person(c_, in_.owner.front().value);
        out_.owner.campaign_owner = false;
    }

    void audience() {
        c_.at_most_once(in_.audience, "audience");
        if (in_.audience.empty()) {
            return missing("has no audience: who may enter?", "audience \"…\"   with the name of a segment");
        }
        out_.audience_span = in_.audience.front().span;
        if (const auto segment = c_.segment(in_.audience.front().value)) {
            out_.audience = *segment;
            c_.has_audience[static_cast<std::size_t>(&out_ - c_.rules.campaigns.data())] = true;
        }
    }

    void sender() {
        c_.at_most_once(in_.from, "from");
        if (in_.from.empty() || in_.from.front().owner || !in_.from.front().address) {
            return;
        }
        const ast::Quoted& written = *in_.from.front().address;
        out_.from.owner = false;
        if (!split_address(written.text)) {
            c_.report("N0408", written.span, fmt::format("\"{}\" is not a sender", written.text),
                      "a name and an address in angle brackets")
                .notes.push_back("Write:   from \"Lone Star Careers <careers@lonestar.example>\"   or   from owner");
            return;
        }
        const std::string domain = fold(out_.from.address.substr(out_.from.address.find('@') + 1));
        const auto& allowed = c_.world.from_domains;
        if (!allowed.empty() &&
            std::none_of(allowed.begin(), allowed.end(), [&](const auto& d) { return fold(d) == domain; })) {
            c_.report("N0408", written.span, fmt::format("mail may not be sent as `{}`", domain),
                      "the sysadmin has not allowed this domain")
                .notes.push_back(
                    fmt::format("Allowed:   {}      (nurtured.toml, [email] from_domains)", fmt::join(allowed, ", ")));
        }
    }

    /// "Name <address>" or an address alone; nothing that could break out of a header.
    bool split_address(const std::string& text) {
        const auto open = text.find('<');
        const bool bare = open == std::string::npos;
        if (!bare && (text.back() != '>' || open == 0)) {
            return false;
        }
        out_.from.address = bare ? text : text.substr(open + 1, text.size() - open - 2);
        out_.from.name = bare ? "" : text.substr(0, text.find_last_not_of(' ', open - 1) + 1);
        const std::string& address = out_.from.address;
        const auto at = address.find('@');
        const bool plain = std::none_of(text.begin(), text.end(),
                                        [](char ch) { return static_cast<unsigned char>(ch) < 0x20 || ch == 0x7f; });
        return plain && at != std::string::npos && at > 0 && address.find('@', at + 1) == std::string::npos &&
               address.find('.', at) != std::string::npos && address.back() != '.' &&
               address.find_first_of(" <>\"(),;:\\[]") == std::string::npos;
    }

    void sms_sender() {
        c_.at_most_once(in_.sms_from, "sms from");
        if (in_.sms_from.empty()) {
            return;
        }
        const ast::Quoted& written = in_.sms_from.front().from;
        out_.sms_from = written.text;
        const auto& allowed = c_.world.sms_senders;
        const bool known = std::find(allowed.begin(), allowed.end(), written.text) != allowed.end();
        if (known || (allowed.empty() && is_sms_sender(written.text))) {
            return;
        }
        Diagnostic& problem =
            is_sms_sender(written.text)
                ? c_.report("N0408", written.span, fmt::format("no sms may come from \"{}\"", written.text),
                            "the sysadmin has not allowed this sender")
                : c_.report("N0408", written.span, fmt::format("\"{}\" is not a sender of an sms", written.text),
                            "a number with +, a short code, or a name of up to 11 letters and digits");
        problem.notes.push_back(allowed.empty() ? "Write:   sms from \"+15125550100\""
                                                : fmt::format("Allowed:   \"{}\"      (nurtured.toml, [sms] senders)",
                                                              fmt::join(allowed, "\", \"")));
    }

    void sms_limit() {
        c_.at_most_once(in_.sms_limit, "sms of at most");
        const std::optional<SmsLimit>& above = c_.policy_of(in_.span.file).sms_limit;
        out_.sms_limit = above;
        if (in_.sms_limit.empty()) {
            return;
        }
        const SmsLimit own = compile_sms_limit(c_, in_.sms_limit.front());
        if (!above || own.segments <= above->segments) {
            out_.sms_limit = own;
        } else if (!out_.closing) {  // what was applied once keeps going, under the policy of today
            Diagnostic& problem =
                c_.report("N0412", own.span, "the policy allows fewer segments", "allows more than the policy");
            problem.labels.push_back({above->span, "holds for this campaign too"});
            problem.notes.push_back("Leave the line out, or make it stricter:   sms of at most " +
                                    plural(above->segments, "segment"));
        }
    }

    void entry() {
        c_.at_most_once(in_.check, "check");
        c_.at_most_once(in_.start_when, "start when");
        c_.at_most_once(in_.start_on, "start");
        c_.at_most_once(in_.ignore_older_than, "ignore events older than");
        const std::size_t kinds = std::size_t{!in_.check.empty()} + !in_.start_when.empty() + !in_.start_on.empty();
        if (kinds == 0) {
            return missing("never lets anybody in: when is its audience looked at?",
                           "check every weekday at 07:00   or   start when …");
        }
        if (kinds > 1) {
            const Span place = in_.start_when.empty() ? in_.start_on.front().span : in_.start_when.front().span;
            Diagnostic& problem = c_.report("N0410", place, "a campaign has one way in: `check` or `start`, not both",
                                            "the second way in");
            problem.labels.push_back(
                {in_.check.empty() ? in_.start_on.front().span : in_.check.front().span, "the first"});
            problem.notes.push_back("Make it two campaigns.");
        }
        if (!in_.check.empty()) {
            check(in_.check.front());
        } else if (!in_.start_when.empty()) {
            start_on_change(in_.start_when.front());
        } else {
            start_on_date(in_.start_on.front());
        }
    }

    std::optional<Length> ignore_older_than() {
        if (in_.ignore_older_than.empty()) {
            return std::nullopt;
        }
        const ast::Length& length = in_.ignore_older_than.front().value;
        if (length.unit == ast::Unit::business_days || length.unit == ast::Unit::minutes) {
            c_.report("N0209", length.span, "the age of an event is counted in hours, days, weeks, months or years",
                      "");
        }
        return to_length(length);
    }

    void check(const ast::CheckSchedule& source) {
        Check check;
        check.at = source.at.value;
        switch (source.every) {
        case ast::CheckEvery::day: check.every = CheckEvery::days; break;
        case ast::CheckEvery::weekday:
            check.every = CheckEvery::days;
            check.days = 0b0011111;
            break;
        case ast::CheckEvery::weekdays:
            check.every = CheckEvery::days;
            check.days = source.days;
            break;
        case ast::CheckEvery::hour: check.every = CheckEvery::hour; break;
        case ast::CheckEvery::first_business_day:
            check.every = CheckEvery::first_business_day;
            check.months = source.months;
            break;
        }
        if (!in_.ignore_older_than.empty()) {
            c_.report("N0410", in_.ignore_older_than.front().span,
                      "only a campaign that starts on a change can ignore old events",
                      "this one looks at its audience by the clock: leave the line out");
        }
        out_.entry = check;
        out_.entry_span = source.span;
    }

    void start_on_change(const ast::At<ast::Change>& source) {
        out_.entry_span = source.span;
        if (source.value.kind == ast::ChangeKind::leaves_audience) {
            c_.report("N0410", source.span, "a campaign cannot start when somebody leaves its audience",
                      "nobody who left may enter");
            return;
        }
        if (source.value.kind == ast::ChangeKind::entered_campaign && source.value.name->text == in_.name.text) {
            c_.report("N0410", source.span, "a campaign cannot start itself", "");
            return;
        }
        auto change = compile_change(c_, source.value);
        const auto ignore = ignore_older_than();
        if (!ignore) {
            missing("does not say how old a change may be that still starts it", "ignore events older than 14 days");
        }
        if (change && ignore) {
            out_.entry = StartOnChange{std::move(*change), *ignore, source.span};
        }
    }

    void start_on_date(const ast::StartOnDate& source) {
        out_.entry_span = source.span;
        const auto field = date_field(source.field);
        StartOnDate start;
        start.field = field.value_or(0);
        start.anniversary = source.anniversary;
        start.offset = source.anniversary ? DayOffset{} : to_offset(c_, source.offset, "the distance from a date");
        start.ignore_older_than = ignore_older_than();
        start.span = source.span;
        out_.entry = start;
    }

    std::optional<FieldIx> date_field(const ast::Word& word) {
        const auto field = c_.field(word);
        if (field && c_.rules.schema.fields[*field].kind != FieldKind::date) {
            c_.report("N0204", word.span,
                      fmt::format("`{}` is {}, not a date", word.text, kind_name(c_.rules.schema.fields[*field].kind)),
                      "");
            return std::nullopt;
        }
        return field;
    }

    void enroll() {
        c_.at_most_once(in_.enroll_per_day, "enroll at most");
        if (in_.enroll_per_day.empty()) {
            return missing("does not say how many may enter per day", "enroll at most 40 per day");
        }
        out_.enroll_span = in_.enroll_per_day.front().span;
        out_.enroll_per_day = static_cast<std::int32_t>(in_.enroll_per_day.front().value.value);
        if (out_.enroll_per_day < 1) {
            c_.report("N0209", out_.enroll_span, "at 0 per day nobody ever enters", "write 1 or more, or `draft`");
        }
    }

    void re_enter() {
        c_.at_most_once(in_.re_enter, "re-enter");
        if (in_.re_enter.empty()) {
            return missing("does not say whether somebody may enter twice",
                           "re-enter never   or   re-enter after 365 days");
        }
        if (const auto& after = in_.re_enter.front().after) {
            out_.re_enter_after = to_offset(c_, *after, "the time until somebody may enter again");
        }
    }

    void window() {
        c_.at_most_once(in_.send, "send");
        if (in_.send.empty()) {
            return;
        }
        const ast::Window& send = in_.send.front();
        out_.window = {send.days, send.from.value, send.to.value};
        if (send.from.value == send.to.value) {
            c_.report("N0312", send.span, "a window that ends when it begins is no window",
                      "write two different times");
        }
    }

    void priority() {
        c_.at_most_once(in_.priority, "priority");
        if (!in_.priority.empty()) {
            out_.priority = static_cast<std::int32_t>(in_.priority.front().value.value);
        }
    }

    void expiry() {
        c_.at_most_once(in_.expires_on, "expires on");
        if (in_.expires_on.empty()) {
            return;
        }
        out_.expires_on = std::chrono::sys_days{in_.expires_on.front().value.value};
        if (c_.world.today != std::chrono::sys_days{} && *out_.expires_on < c_.world.today) {
            c_.report("N0311", in_.expires_on.front().span,
                      fmt::format("the campaign \"{}\" has expired", in_.name.text), "nobody enters any more");
        }
    }

    void stops() {
        std::optional<Span> leavers;
        for (const ast::Stop& stop : in_.stops) {
            if (stop.when.kind == ast::ChangeKind::leaves_audience) {
                leavers = stop.span;
                out_.stop_leavers = true;
            } else if (auto change = compile_change(c_, stop.when)) {
                out_.stops.push_back({std::move(*change), stop.span, c_.one_line(stop.span)});
            }
        }
        c_.at_most_once(in_.keep_leavers, "keep candidates who leave the audience");
        if (leavers && !in_.keep_leavers.empty()) {
            c_.report("N0406", in_.keep_leavers.front(),
                      "people who leave the audience cannot be both stopped and kept", "leave out one of the two")
                .labels.push_back({*leavers, "stops them"});
        } else if (!leavers && in_.keep_leavers.empty() && in_.incomplete) {
            return;
        } else if (!leavers && in_.keep_leavers.empty()) {
            c_.report("N0406", in_.span,
                      fmt::format("the campaign \"{}\" does not say what happens to people who leave the audience",
                                  in_.name.text),
                      "")
                .notes = {"Write:   stop when candidate leaves the audience",
                          "or:      keep candidates who leave the audience"};
        } else {
            out_.leavers_span = leavers ? *leavers : in_.keep_leavers.front();
        }
    }

    void pauses() {
        for (const ast::Pause& pause : in_.pauses) {
            const bool in_days = pause.length.unit == ast::Unit::days || pause.length.unit == ast::Unit::weeks;
            if (!in_days) {
                c_.report("N0209", pause.length.span, "a pause is counted in days or weeks", "");
            }
            if (auto change = compile_change(c_, pause.when)) {
                const int days = pause.length.count * (pause.length.unit == ast::Unit::weeks ? 7 : 1);
                out_.pauses.push_back({days, std::move(*change), pause.span, c_.one_line(pause.span)});
            }
        }
    }

    Compiler& c_;
    const ast::Campaign& in_;
    Campaign& out_;
};

}  // namespace

SmsLimit compile_sms_limit(Compiler& c, const ast::SmsLimit& source) {
    const auto segments = static_cast<std::int32_t>(source.segments.value);
    if (segments < 1) {
        c.report("N0209", source.segments.span, "an sms takes at least 1 segment", "write 1 or more");
    }
    return {std::max(segments, 1), source.span};
}

void compile_campaign(Compiler& c, const ast::Campaign& source, Campaign& campaign, std::optional<CampaignIx> ix) {
    c.has_audience.resize(c.rules.campaigns.size());
    campaign.policy = c.policy_at(source.span.file);
    HeadCompiler(c, source, campaign).run();
    campaign.steps = compile_steps(c, source, ix);
    const auto& lines = campaign.steps->lines;
    const auto first = std::find_if(lines.begin(), lines.end(),
                                    [](const StepLine& line) { return std::holds_alternative<op::Message>(line.op); });
    campaign.has_message = first != lines.end();
    if (campaign.has_message) {
        const auto& message = std::get<op::Message>(first->op);
        campaign.first_channel = message.channel;
        campaign.first_other = message.other_channel;
    }
}

void compile_campaigns(Compiler& c) {
    std::vector<bool> done(c.rules.campaigns.size());
    for (const ast::File& file : c.files) {
        for (const ast::Campaign& source : file.campaigns) {
            const auto ix = c.rules.campaign(source.name.text);
            if (!ix || done[*ix]) {
                continue;  // one too many, or the second of that name: reported already
            }
            done[*ix] = true;
            compile_campaign(c, source, c.rules.campaigns[*ix], *ix);
        }
    }
    c.has_audience.resize(c.rules.campaigns.size());
}

}  // namespace nurture::dsl
