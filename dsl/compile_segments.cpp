// SPDX-License-Identifier: MIT
//
// Segments, each after those it refers to, and what can be said about their lines without any data.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>

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
        std::vector<SegmentLine> lines = compile_lines(c_, source.lines);
        if (lines.empty() && !source.incomplete) {
            c_.report("N0202", source.span, fmt::format("the segment \"{}\" is empty", source.name.text),
                      "everybody would be in it");
        }
        check_lines(c_, lines);
        std::vector<ConditionIx> all;
        for (const SegmentLine& line : lines) {
            all.push_back(line.condition);
        }
        Segment& segment = c_.rules.segments[ix];
        segment.span = source.span;
        segment.lines = std::move(lines);
        segment.whole = c_.pool.lines(std::move(all));
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

/// Two lines of one block, the later one first, as the example in the manual.
void report_pair(Compiler& c, std::string_view code, const SegmentLine& first, const SegmentLine& second,
                 std::string_view title, std::string_view label) {
    Diagnostic& problem = c.report(code, second.span, std::string(title), std::string(label));
    problem.labels.push_back({first.span, "together with this line"});
}

}  // namespace

void compile_segments(Compiler& compiler) { SegmentCompiler(compiler).run(); }

void check_lines(Compiler& c, const std::vector<SegmentLine>& lines) {
    if (lines.size() > k_compared_lines) {
        return;
    }
    // Every line as the tests that must hold for it, so that a `none of` is compared member by member.
    std::vector<std::vector<ConditionIx>> tests;
    for (const SegmentLine& line : lines) {
        tests.push_back(must_hold(c.pool, line.condition));
    }
    const auto clash = [&](std::size_t a, std::size_t b) {
        return std::any_of(tests[a].begin(), tests[a].end(), [&](ConditionIx x) {
            return std::any_of(tests[b].begin(), tests[b].end(),
                               [&](ConditionIx y) { return disjoint(c.rules.conditions, x, y); });
        });
    };
    for (std::size_t b = 0; b < lines.size(); ++b) {
        for (std::size_t a = 0; a < b; ++a) {
            if (clash(a, b)) {
                report_pair(c, "N0220", lines[a], lines[b],
                            "these two lines can never both be true, so nobody will ever match", "excludes the other");
                break;  // one partner is enough to show
            }
        }
    }
}

void check_alternatives(Compiler& c, const std::vector<SegmentLine>& lines, bool any_of) {
    if (lines.size() > k_compared_lines) {
        return;
    }
    for (std::size_t b = 0; b < lines.size(); ++b) {
        for (std::size_t a = 0; a < b; ++a) {
            if (exhaustive(c.rules.conditions, lines[a].condition, lines[b].condition)) {
                any_of ? report_pair(c, "N0221", lines[a], lines[b],
                                     "one of these two lines is always true, so this `any of` lets everybody through",
                                     "the opposite of the other")
                       : report_pair(c, "N0220", lines[a], lines[b],
                                     "one of these two lines is always true, so nobody gets through this `none of`",
                                     "the opposite of the other");
                return;
            }
        }
    }
}

}  // namespace nurture::dsl
