// SPDX-License-Identifier: MIT
#include "tests/bench/segments.hpp"

#include "tests/bench/vocabulary.hpp"

#include <fmt/format.h>

namespace nurture::bench {
namespace {

using Kind = Test::Kind;
using Words = std::vector<std::string>;

/// `count` values of a vocabulary, beginning somewhere.
template<std::size_t Size>
Words pick(const std::array<std::string_view, Size>& from, std::size_t first, std::size_t count) {
    Words some;
    for (std::size_t i = 0; i < count; ++i)
        some.emplace_back(from[(first + i) % Size]);
    return some;
}

std::string quoted(const Words& values) {
    std::string text;
    for (const auto& value : values)
        text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", value);
    return text;
}

Test text(std::string field, Words values, bool negated = false) {
    const char* is = values.size() > 1 ? (negated ? "is none of" : "is any of") : (negated ? "is not" : "is");
    auto line = fmt::format("{} {} {}", field, is, quoted(values));
    return {
        .kind = Kind::text, .name = std::move(field), .text = line, .values = std::move(values), .negated = negated};
}

Test items(std::string field, Words values, bool negated = false) {
    const char* has = negated ? "includes none of" : values.size() > 1 ? "includes any of" : "includes";
    auto line = fmt::format("{} {} {}", field, has, quoted(values));
    return {
        .kind = Kind::items, .name = std::move(field), .text = line, .values = std::move(values), .negated = negated};
}

Test at_least(std::string field, std::size_t low) {
    auto line = fmt::format("{} is at least {}", field, low);
    return {.kind = Kind::number, .name = std::move(field), .text = line, .low = static_cast<double>(low)};
}

Test between(std::string field, std::size_t low, std::size_t high) {
    auto line = fmt::format("{} is between {} and {}", field, low, high);
    return {.kind = Kind::number,
            .name = std::move(field),
            .text = line,
            .low = static_cast<double>(low),
            .high = static_cast<double>(high)};
}

Test long_ago(std::string field, int days, bool or_unknown) {
    auto line = fmt::format("{} is more than {} days ago{}", field, days, or_unknown ? ", or is unknown" : "");
    return {.kind = Kind::day, .name = std::move(field), .text = line, .to = -days - 1, .or_unknown = or_unknown};
}

Test far_off(std::string field, int days) {
    auto line = fmt::format("{} is more than {} days away", field, days);
    return {.kind = Kind::day, .name = std::move(field), .text = line, .from = days + 1};
}

Test soon(std::string field, int days) {
    auto line = fmt::format("{} is between 1 and {} days away", field, days);
    return {.kind = Kind::day, .name = std::move(field), .text = line, .from = 1, .to = days};
}

Test yes(std::string field) {
    auto line = field + " is yes";
    return {.kind = Kind::yes, .name = std::move(field), .text = line};
}

Test near(int miles, const City& city) {
    return {.kind = Kind::near,
            .name = "home",
            .text = fmt::format("home is within {} miles of \"{}\"", miles, city.name),
            .miles = static_cast<double>(miles),
            .lat = city.lat,
            .lon = city.lon};
}

/// Without days: ever.
Test has(std::string event, int days = 0, int count = 1, bool negated = false) {
    auto line = fmt::format("has {}{}{}{}", negated ? "not " : "", event,
                            count > 1 ? fmt::format(" at least {} times", count) : "",
                            days > 0 ? fmt::format(" in the last {} days", days) : "");
    const auto from = days > 0 ? std::optional(-days) : std::nullopt;
    return {.kind = Kind::happened,
            .name = std::move(event),
            .text = line,
            .from = from,
            .count = count,
            .negated = negated};
}
Test has_not(std::string event, int days) { return has(std::move(event), days, 1, true); }

Test listed(std::string_view list, bool negated) {
    return {.kind = Kind::listed,
            .name = std::string(list),
            .text = fmt::format("is {}in list \"{}\"", negated ? "not " : "", list),
            .negated = negated};
}

Test agreed(std::string_view consent) {
    return {
        .kind = Kind::agreed, .name = std::string(consent), .text = fmt::format("consent \"{}\" is given", consent)};
}

Test in_segment(const std::vector<Segment>& segments, std::size_t ix) {
    return {.kind = Kind::segment,
            .name = "",
            .text = fmt::format("is in segment \"{}\"", segments[ix].name),
            .segment = ix};
}

Test group(Kind kind, std::vector<Test> of) {
    return {.kind = kind, .name = "", .text = kind == Kind::any_of ? "any of" : "none of", .of = std::move(of)};
}

std::vector<Test> lines(const std::vector<Segment>& before, std::size_t number, std::size_t v) {
    const int n = static_cast<int>(v / 2), m = static_cast<int>(v);
    const Test who = text("profession", pick(k_professions, v, 1));
    const Test where = text("license_state", pick(k_states, v, 3));
    switch (number % 12) {
    case 0: return {who, text("license_state", pick(k_states, v, 1)), text("stage", pick(k_stages, 0, 1))};
    case 1: return {text("profession", pick(k_professions, v, 2)), where, text("source", pick(k_sources, v, 2))};
    case 2: return {who, at_least("years", 1 + v / 2), between("pay_rate", 30 + 2 * v, 60 + 2 * v)};
    case 3: return {who, long_ago("last_conversation", 180 + 30 * m, true), far_off("license_expires", 60 + 10 * n)};
    case 4:
        return {who, items("tags", pick(k_tags, 2 * v, 3)), items("tags", pick(k_tags, 3 * v + 5, 1), true),
                at_least("years", 2 + v / 2)};
    case 5:
        return {items("certifications", pick(k_certifications, v, 1)), soon("certification_expires", 30 + 10 * n),
                where, agreed(k_consent_email)};
    case 6:
        return {has("received", 60 + 10 * n, 2), has_not("replied", 90 + 15 * n),
                long_ago("last_conversation", 90 + 30 * n, false), listed(k_list_never, true)};
    case 7:
        return {has("applied", 120 + 60 * n), has("clicked", 180 + 30 * n), who,
                text("stage", pick(k_stages, v, 2), true)};
    case 8:
        // Never so far that it is everybody: a circle costs what is in its box.
        return {near(30 + 10 * (m % 8) + m / 8, k_cities[v % k_cities.size()]), who, yes("travels"),
                at_least("years", 1 + v / 2)};
    case 9:
        return {who, group(Kind::any_of, {has("worked"), has("interviewed", 365 + 60 * n)}),
                group(Kind::none_of, {text("stage", pick(k_stages, 1 + v, 2)), has("replied", 90 + 15 * n),
                                      text("source", pick(k_sources, v, 1))})};
    case 10:
        return {where,
                group(Kind::any_of, {items("tags", pick(k_tags, v, 1)),
                                     items("certifications", pick(k_certifications, v, 1)), at_least("years", 10 + v)}),
                has("applied", 730 + 30 * n, 2),
                group(Kind::none_of, {has("bounced", 180), listed(k_list_later, false)})};
    default:
        return {in_segment(before, number - 7), has_not("received", 14 + n), agreed(k_consent_email),
                far_off("license_expires", 10 * n)};
    }
}

void print(const Test& test, int depth, std::string& text) {
    text += fmt::format("{:{}}{}\n", "", 2 * depth, test.text);
    if (test.kind != Kind::any_of && test.kind != Kind::none_of)
        return;
    for (const auto& inner : test.of)
        print(inner, depth + 1, text);
    text += fmt::format("{:{}}end\n", "", 2 * depth);
}

}  // namespace

std::vector<Segment> make_segments(std::size_t count) {
    constexpr std::string_view kinds[] = {"Where",  "Which",  "Paid",    "Quiet",    "Tagged", "Expiring",
                                          "Silent", "Active", "Near by", "Met once", "Mixed",  "Narrowed"};
    std::vector<Segment> segments;
    for (std::size_t number = 0; number < count; ++number) {
        auto all = lines(segments, number, number / 12);
        segments.push_back({fmt::format("{} {:02}", kinds[number % 12], number / 12), std::move(all)});
    }
    return segments;
}

std::string segments_text(const std::vector<Segment>& segments) {
    std::string text = "# Made by bench_data.\nedition 2026\n";
    for (const auto& segment : segments) {
        text += fmt::format("\nsegment \"{}\"\n", segment.name);
        for (const auto& line : segment.lines)
            print(line, 1, text);
        text += "end\n";
    }
    return text;
}

}  // namespace nurture::bench
