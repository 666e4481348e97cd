// SPDX-License-Identifier: MIT
//
// Segments, each after those it refers to, and what can be said about their lines without any data.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nurture::dsl {
namespace {

/// Segments within segments. More is not readable, and what walks conditions may recurse.
constexpr std::size_t k_segment_depth = 64;

/// Lines of one block that are compared pair by pair. Who has more has generated them.
constexpr std::size_t k_compared_lines = 200;

class SegmentCompiler {
public:
    explicit SegmentCompiler(Compiler& compiler) : c_(compiler), sources_(compiler.rules.segments.size()) {
        state_.resize(sources_.size(), State::open);
        for (const ast::File& file : c_.files) {
            for (const ast::Segment& segment : file.segments) {
                const auto ix = c_.rules.segment(segment.name.text);
                if (ix && sources_[*ix] == nullptr) {
                    sources_[*ix] = &segment;
                }
            }
        }
    }

    void run() {
        c_.need_segment = [this](SegmentIx ix) { return need(ix); };
        for (std::size_t i = 0; i < sources_.size(); ++i) {
            need(static_cast<SegmentIx>(i));
        }
        c_.need_segment = nullptr;
    }

private:
    enum class State : std::uint8_t { open, busy, done };

    bool need(SegmentIx ix) {
        if (state_[ix] == State::done || sources_[ix] == nullptr) {
            return true;
        }
        if (state_[ix] == State::busy) {
            report_circle(ix);
            return false;
        }
        if (busy_.size() >= k_segment_depth) {
            c_.report("N0130", sources_[ix]->name.span,
                      fmt::format("segments refer to each other more than {} deep", k_segment_depth));
            return false;
        }
        state_[ix] = State::busy;
        busy_.push_back(ix);
        compile(ix);
        busy_.pop_back();
        state_[ix] = State::done;
        return true;
    }

    void compile(SegmentIx ix) {
        const ast::Segment& source = *sources_[ix];
        const std::vector<Line> lines = compile_lines(c_, source.lines);
        if (lines.empty() && !source.incomplete) {
            c_.report("N0202", source.span, fmt::format("the segment \"{}\" is empty", source.name.text),
                      "everybody would be in it");
        }
        const ConditionIx whole = compile_whole(c_, lines);
        Segment& segment = c_.rules.segments[ix];
        segment.span = source.span;
        segment.lines.assign(lines.begin(), lines.end());
        segment.whole = whole;
    }

    /// One diagnostic for a circle, at the segment where it closes, with every segment on the way.
    void report_circle(SegmentIx ix) {
        const auto from = std::find(busy_.begin(), busy_.end(), ix);
        Diagnostic problem = diagnose("N0225", "", sources_[ix]->name.span, "refers to itself");
        std::string way;
        for (auto at = from; at != busy_.end(); ++at) {
            way += fmt::format("\"{}\" -> ", sources_[*at]->name.text);
            if (at != from) {
                problem.labels.push_back({sources_[*at]->name.span, "is on the way"});
            }
        }
        problem.title = fmt::format("segments refer to each other in a circle: {}\"{}\"", way, sources_[ix]->name.text);
        problem.labels.front().text = from + 1 == busy_.end() ? "refers to itself" : "the circle begins and ends here";
        c_.diagnostics.push_back(std::move(problem));
    }

    Compiler& c_;
    std::vector<const ast::Segment*> sources_;  // by SegmentIx
    std::vector<State> state_;
    std::vector<SegmentIx> busy_;
};

/// What a test says about its field, for two that exclude each other.
std::string says(const Condition& condition) {
    const auto* range = std::get_if<cond::NumberRange>(&condition);
    if (range == nullptr) {
        return "one of the two";
    }
    if (range->low == range->high) {
        return fmt::format("says {}", range->low);
    }
    if (std::isinf(range->high)) {
        return range->low_open ? fmt::format("says more than {}", range->low)
                               : fmt::format("says {} or more", range->low);
    }
    if (std::isinf(range->low)) {
        return range->high_open ? fmt::format("says less than {}", range->high)
                                : fmt::format("says {} or less", range->high);
    }
    return fmt::format("says {} to {}", range->low, range->high);
}

struct Pair {
    Needed first, second;
};

/// A test of each line that no person can satisfy together.
std::optional<Pair> clash(const Compiler& c, const Line& a, const Line& b) {
    for (const Needed& x : a.needed) {
        for (const Needed& y : b.needed) {
            if (disjoint(c.rules.conditions, x.condition, y.condition)) {
                return Pair{x, y};
            }
        }
    }
    return std::nullopt;
}

void report_clash(Compiler& c, const Pair& pair) {
    c.report("N0220", pair.second.span, "these two lines can never both be true, so nobody will ever match",
             says(c.rules.conditions[pair.second.condition]))
        .labels.push_back({pair.first.span, says(c.rules.conditions[pair.first.condition])});
}

}  // namespace

void compile_segments(Compiler& compiler) { SegmentCompiler(compiler).run(); }

ConditionIx compile_whole(Compiler& c, const std::vector<Line>& lines) {
    check_lines(c, lines);
    std::vector<ConditionIx> all;
    for (const Line& line : lines) {
        all.push_back(line.condition);
    }
    return c.pool.lines(std::move(all));
}

void check_lines(Compiler& c, const std::vector<Line>& lines) {
    if (lines.size() > k_compared_lines) {
        return;
    }
    for (std::size_t b = 0; b < lines.size(); ++b) {
        for (std::size_t a = 0; a < b; ++a) {
            if (const auto pair = clash(c, lines[a], lines[b])) {
                report_clash(c, *pair);
                break;  // one partner is enough to show
            }
        }
    }
}

void check_alternatives(Compiler& c, const std::vector<Line>& lines, bool any_of) {
    if (lines.size() > k_compared_lines) {
        return;
    }
    for (std::size_t b = 0; b < lines.size(); ++b) {
        for (std::size_t a = 0; a < b; ++a) {
            if (!exhaustive(c.rules.conditions, lines[a].condition, lines[b].condition)) {
                continue;
            }
            c.report(any_of ? "N0221" : "N0220", lines[b].span,
                     any_of ? "one of these two lines is always true, so this `any of` lets everybody through"
                            : "one of these two lines is always true, so nobody gets through this `none of`",
                     "the opposite of the other")
                .labels.push_back({lines[a].span, "the other"});
            return;
        }
    }
}

}  // namespace nurture::dsl
