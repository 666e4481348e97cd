// SPDX-License-Identifier: MIT
//
// The segments that the benchmarks evaluate, said once, as data: the rule text, the SQL of the peer and the
// hand-written columns are made of it independently of each other, so that their answers check each other. One hundred
// of them come from 12 templates and have 405 conditions, 176 of them distinct.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::bench {

struct Test {
    enum class Kind : std::uint8_t {
        text,      // name: a field; has one of `values`
        items,     // name: a list field; has one of `values`
        number,    // name: a field; low to high, ends included
        day,       // name: a date; from to to, in days from today
        yes,       // name: a field
        near,      // name: a place; within `miles` of lat, lon
        happened,  // name: an event; at least `count` times since `from`
        listed,    // name: a list
        agreed,    // name: a consent that is given
        segment,   // `segment`
        any_of,    // `of`
        none_of,   // `of`
    };
    Kind kind{};
    std::string name;
    std::string text;  // as a rule says it
    std::vector<std::string> values{};
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
    std::optional<int> from{}, to{};
    double miles = 0, lat = 0, lon = 0;
    int count = 1;
    std::size_t segment = 0;
    bool negated = false;     // the exact complement
    bool or_unknown = false;  // a missing date fits as well
    std::vector<Test> of{};
};

struct Segment {
    std::string name;
    std::vector<Test> lines;  // all must hold
};

/// A segment is only used by later ones.
std::vector<Segment> make_segments(std::size_t count = 100);

/// Fields, events and policy. `daily` is the cap on messages per day.
std::string house_text(int daily);
std::string segments_text(const std::vector<Segment>& segments);
/// Twenty campaigns over the first hundred segments; they enrol in proportion to `people`.
std::string campaigns_text(const std::vector<Segment>& segments, int people);

}  // namespace nurture::bench
