// SPDX-License-Identifier: MIT
#include "daemon/engine/evaluate_explain.hpp"

#include "daemon/base/calendar.hpp"
#include "daemon/engine/evaluate_bound.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace nurture::engine {

namespace {

/// What one test looks at, and what the person has there.
class Description {
public:
    Description(const View& view, Row row) : view_(view), c_(view.columns), row_(row) {}

    Tested operator()(const dsl::cond::Happened& c) const {
        std::string what = c_.schema().events[c.event].name;
        const auto& name = c.message_template ? c.message_template : c.name;
        if (c.channel)
            what += *c.channel == dsl::Channel::email ? " email" : " sms";
        if (name)
            what += fmt::format(" \"{}\"", *name);
        return {what, history(c), false};
    }
    Tested operator()(const dsl::cond::InList& c) const {
        return {fmt::format("list \"{}\"", c_.schema().lists[c.list]), c_.in_list(c.list, row_) ? "yes" : "no", false};
    }
    Tested operator()(const dsl::cond::InCampaign& c) const {
        const char* how = c.is == dsl::cond::CampaignIs::live      ? "in campaign"
                          : c.is == dsl::cond::CampaignIs::entered ? "entered campaign"
                                                                   : "completed campaign";
        return {fmt::format("{} \"{}\"", how, c.campaign), "", false};
    }
    Tested operator()(const dsl::cond::Consent& c) const {
        const roster::ConsentColumn& column = c_.consent(c.consent);
        const auto status = c_.consent(c.consent, row_);
        std::string value = "unknown";
        if (status != dsl::cond::ConsentIs::unknown)
            value = fmt::format("{} on {}", status == dsl::cond::ConsentIs::given ? "given" : "withdrawn",
                                base::format_day(base::from_day_number(value_of(column.days))));
        return {fmt::format("consent \"{}\"", c_.schema().consents[c.consent]), value, false};
    }
    Tested operator()(const dsl::cond::Within& c) const {
        const roster::FieldColumn& column = c_.field(c.field);
        std::string value = field_value(c.field);
        if (value != "unknown") {
            const double cos_lat = std::cos(c.lat * std::numbers::pi / 180);
            const double half = bound::haversine(c.lat, c.lon, value_of(column.lat), value_of(column.lon), cos_lat);
            const double metres = 2 * bound::k_earth_radius * std::asin(std::sqrt(half));
            value += fmt::format(", {:.1f} miles ({:.1f} km) away", metres / 1609.344, metres / 1000);
        }
        return {c_.schema().fields[c.field].name, value, false};
    }
    template<typename OfField>
    Tested operator()(const OfField& c) const {
        if constexpr (requires { c.field; })
            return {c_.schema().fields[c.field].name, field_value(c.field), false};
        else
            return {};
    }

private:
    std::string history(const dsl::cond::Happened& c) const {
        const roster::EventColumn& column = c_.events(c.event);
        if (column.kept == roster::EventColumn::Kept::recent)
            return recent(column);
        const auto& name = c.message_template ? c.message_template : c.name;
        const roster::Code code = name ? column.names.find(*name) : 0;
        const roster::Code channel = !c.channel ? 0 : *c.channel == dsl::Channel::email ? 1 : 2;
        int times = 0;
        std::int32_t last = roster::k_never_yet;
        for (const roster::Event& event : column.events.of(row_)) {
            if ((name && event.name != code) || (channel != 0 && event.channel != 0 && event.channel != channel))
                continue;
            last = event.minute;
            ++times;
        }
        return times < 2 ? last_on(last) : fmt::format("{} times, {}", times, last_on(last));
    }

    /// As many times as minutes are kept, or more.
    std::string recent(const roster::EventColumn& column) const {
        std::size_t times = 0;
        while (times < column.recent.size() && value_of(column.recent[times]) != roster::k_never_yet)
            ++times;
        const std::string last = last_on(value_of(column.recent.front()));
        if (times < 2)
            return last;
        return fmt::format("{}{} times, {}", times, times == column.recent.size() ? " or more" : "", last);
    }

    template<typename Value>
    Value value_of(roster::Table::Column<Value> column) const {
        return c_.table().get(column, row_);
    }

    std::string last_on(std::int32_t minute) const {
        if (minute == roster::k_never_yet)
            return "never";
        const base::Minute at{std::chrono::minutes{minute}};
        return "last on " + base::format_day(base::local_day(c_.policy_zone(), at));
    }

    std::string field_value(dsl::FieldIx field) const {
        const roster::FieldColumn& column = c_.field(field);
        std::string value;
        if (column.kept == roster::FieldColumn::Kept::known)
            return value_of(column.known) != 0 ? "known" : "unknown";
        switch (c_.schema().fields[field].kind) {
        case dsl::FieldKind::text: value = column.dictionary.shown(c_.code(column, row_)); break;
        case dsl::FieldKind::list:
            for (const roster::Code code : column.items.of(row_))
                value += fmt::format("{}{}", value.empty() ? "" : ", ", column.dictionary.shown(code));
            break;
        case dsl::FieldKind::number:
            if (const double number = value_of(column.numbers); !std::isnan(number))
                value = fmt::format("{}", number);
            break;
        case dsl::FieldKind::date:
            if (const std::int32_t day = value_of(column.days); day != roster::k_no_day)
                value = base::format_day(base::from_day_number(day));
            break;
        case dsl::FieldKind::yes_no:
            if (const auto yes_no = value_of(column.yes_no); yes_no != 0)
                value = yes_no == 2 ? "yes" : "no";
            break;
        case dsl::FieldKind::place:
            if (!std::isnan(value_of(column.lat)))
                value = fmt::format("{:.2f},{:.2f}", value_of(column.lat), value_of(column.lon));
            break;
        }
        return value.empty() ? "unknown" : value;
    }

    const View& view_;
    const roster::Columns& c_;
    Row row_;
};

void collect(const Evaluator& evaluator, const View& view, dsl::ConditionIx ix, Row row, std::vector<Tested>& tests) {
    const dsl::Condition& condition = evaluator.rules().conditions[ix];
    const auto each = [&](const std::vector<dsl::ConditionIx>& of) {
        for (const dsl::ConditionIx child : of)
            collect(evaluator, view, child, row, tests);
    };
    if (const auto* all = std::get_if<dsl::cond::And>(&condition))
        return each(all->of);
    if (const auto* any = std::get_if<dsl::cond::Or>(&condition))
        return each(any->of);
    if (const auto* negated = std::get_if<dsl::cond::Not>(&condition))
        return collect(evaluator, view, negated->of, row, tests);
    Tested tested = std::visit(Description(view, row), condition);
    tested.holds = evaluator.holds(view, ix, row);
    if (std::holds_alternative<dsl::cond::InCampaign>(condition))
        tested.value = tested.holds ? "yes" : "no";
    tests.push_back(std::move(tested));
}

}  // namespace

Funnel funnel(const Evaluator& evaluator, const View& view, dsl::SegmentIx segment) {
    const std::vector<dsl::SegmentLine>& lines = evaluator.rules().segments[segment].lines;
    std::vector<dsl::ConditionIx> roots;
    for (const dsl::SegmentLine& line : lines) {
        roots.push_back(line.condition);
        roots.push_back(line.unknown.value_or(line.condition));
    }
    const std::vector<Bitmap> people = evaluator.evaluate_conditions(view, roots);
    Bitmap left(view.columns.size());
    for (Row row = 0; row < view.columns.size(); ++row)
        left.set(row, !view.columns.flags(row).erased);
    Funnel result;
    result.people = left.count();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        FunnelLine line{.before = left.count()};
        const Bitmap after = left & people[2 * i];
        if (lines[i].unknown) {
            line.unknown_kept = (after & people[2 * i + 1]).count();
            line.unknown_left_out = ((left - after) & people[2 * i + 1]).count();
        }
        left = after;
        line.after = left.count();
        result.lines.push_back(line);
    }
    return result;
}

std::vector<Bitmap> near_misses(const Evaluator& evaluator, const View& view, dsl::SegmentIx segment) {
    std::vector<dsl::ConditionIx> roots;
    for (const dsl::SegmentLine& line : evaluator.rules().segments[segment].lines)
        roots.push_back(line.condition);
    Bitmap all(view.columns.size());
    for (Row row = 0; row < view.columns.size(); ++row)
        all.set(row, !view.columns.flags(row).erased);
    std::vector<Bitmap> out;
    Bitmap once(view.columns.size()), twice(view.columns.size());
    for (const Bitmap& people : evaluator.evaluate_conditions(view, roots)) {
        out.push_back(all - people);
        twice |= once & out.back();
        once |= out.back();
    }
    for (Bitmap& line : out)
        line = line - twice;
    return out;
}

std::vector<Tested> explain_condition(const Evaluator& evaluator, const View& view, dsl::ConditionIx condition,
                                      Row row) {
    std::vector<Tested> tests;
    collect(evaluator, view, condition, row, tests);
    return tests;
}

std::vector<ExplainedLine> explain(const Evaluator& evaluator, const View& view, dsl::SegmentIx segment, Row row) {
    std::vector<ExplainedLine> result;
    for (const dsl::SegmentLine& line : evaluator.rules().segments[segment].lines)
        result.push_back({evaluator.holds(view, line.condition, row),
                          line.unknown && evaluator.holds(view, *line.unknown, row),
                          explain_condition(evaluator, view, line.condition, row)});
    return result;
}

}  // namespace nurture::engine
