// SPDX-License-Identifier: MIT
#include "daemon/forecast/lint_parts.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/forecast/reach.hpp"
#include "daemon/store/candidates.hpp"
#include "dsl/codes.hpp"
#include "dsl/compile.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::forecast {
namespace {

// In a store of a few dozen every share is large and every number small.
constexpr std::size_t k_enough_people = 50;
constexpr std::size_t k_most_percent = 60;  // language.md, N0223
// "Many" unknown values: a quarter of those whom the line looks at, and not just a handful.
constexpr std::size_t k_many_percent = 25, k_many_people = 20;

std::string number(std::size_t count) { return thousands(static_cast<std::int64_t>(count)); }
std::string people(std::size_t count) { return counted(static_cast<std::int64_t>(count), "person", "people"); }

/// The author has said on the line itself what unknown means; of a group the lines within say it.
bool says_unknown(const dsl::SegmentLine& line) {
    const auto text = dsl::fold(line.text);
    return text.ends_with("or is unknown") || text.ends_with("if known") || text == "any of" || text == "all of" ||
           text == "none of";
}

class Segments {
public:
    Segments(const engine::State& state, std::vector<Lint>& found)
        : rules_(*state.rules),
          state_(state),
          evaluation_(state),
          found_(found) {}

    void run() {
        for (dsl::SegmentIx ix = 0; ix < rules_.segments.size(); ++ix)
            segment(ix);
    }

private:
    /// Nobody, or many, may well be on hold or never to be contacted.
    bool is_policy(dsl::SegmentIx ix) const {
        const auto has = [&](const auto& all) { return std::find(all.begin(), all.end(), ix) != all.end(); };
        const auto says = [&](const dsl::Policy& policy) {
            return has(policy.never_contact_segments) || has(policy.hold_segments);
        };
        return says(rules_.policy) || std::any_of(rules_.below.begin(), rules_.below.end(), says);
    }

    void segment(dsl::SegmentIx ix) {
        const auto& rule = rules_.segments[ix];
        const auto funnel = engine::funnel(evaluation_.evaluator(), evaluation_.view(), ix);
        if (funnel.people == 0 || is_policy(ix))
            return;
        if (funnel.members() == 0)
            return nobody(rule, funnel);
        if (funnel.people >= k_enough_people && funnel.members() * 100 > funnel.people * k_most_percent)
            found_.push_back({dsl::diagnose("N0223",
                                            fmt::format("\"{}\" holds for {} of the {} in the store", rule.name,
                                                        number(funnel.members()), people(funnel.people)),
                                            rule.span, fmt::format("more than {} percent", k_most_percent))});
        for (std::size_t i = 0; i < rule.lines.size(); ++i)
            line(rule.lines[i], funnel.lines[i]);
    }

    void nobody(const dsl::Segment& rule, const engine::Funnel& funnel) {
        auto one = dsl::diagnose("N0222", fmt::format("nobody is in \"{}\" today", rule.name), rule.span);
        const auto last =
            std::find_if(funnel.lines.begin(), funnel.lines.end(), [](const auto& l) { return l.after == 0; });
        if (last != funnel.lines.end())
            one.labels.push_back(
                {rule.lines[static_cast<std::size_t>(last - funnel.lines.begin())].span,
                 fmt::format("{} came as far as this line, and nobody past it", people(last->before))});
        one.notes.push_back("Who is nearly in it:   nurture find --segment \"" + rule.name + "\" --near");
        found_.push_back({std::move(one)});
    }

    void line(const dsl::SegmentLine& line, const engine::FunnelLine& counts) {
        const auto unknown = counts.unknown_left_out + counts.unknown_kept;
        if (unknown < k_many_people || unknown * 100 < counts.before * k_many_percent || says_unknown(line))
            return;
        const bool kept = counts.unknown_kept > counts.unknown_left_out;
        auto one =
            dsl::diagnose("N0224",
                          fmt::format("this line is decided by an unknown value for {} of the {} that come to it",
                                      number(unknown), people(counts.before)),
                          line.span, kept ? "they stay in" : "they are left out");
        one.notes.push_back(kept ? "If that is meant:   " + line.text + ", or is unknown"
                                 : "If that is meant:   " + line.text + ", if known");
        found_.push_back({std::move(one), unknown_at(line)});
    }

    std::vector<base::CandidateId> unknown_at(const dsl::SegmentLine& line) const {
        std::vector<base::CandidateId> all;
        const auto people = evaluation_.evaluator().evaluate_conditions(evaluation_.view(), {&*line.unknown, 1});
        people.front().for_each(
            [&](std::size_t row) { all.push_back(state_.columns->id(static_cast<roster::Row>(row))); });
        return all;
    }

    const dsl::Rules& rules_;
    const engine::State& state_;
    Evaluation evaluation_;
    std::vector<Lint>& found_;
};

void obey_allows(const dsl::SourceSet& sources, std::vector<Lint>& found) {
    dsl::Diagnostics all;
    for (const auto& lint : found)
        all.push_back(lint.diagnostic);
    const auto allowed = dsl::allowed(sources, all);
    std::vector<Lint> left;
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!allowed.silenced[i])
            left.push_back(std::move(found[i]));
    for (const auto& unused : allowed.unused)
        left.push_back({unused});
    found = std::move(left);
}

}  // namespace

void lint_segments(const Inputs&, const engine::State& state, std::vector<Lint>& found) {
    Segments(state, found).run();
}

void lint_floors(const Inputs& inputs, const engine::State& state, std::vector<Lint>& found) {
    for (auto& floor : floors(state, inputs.now)) {
        const auto below = static_cast<std::int64_t>(floor.below.size());
        if (below == 0 || below == floor.reachable)  // kept; or nothing has been sent yet
            continue;
        auto one = dsl::diagnose("N0613",
                                 fmt::format("{} of the {} who may be written to had less than this promises",
                                             thousands(below), counted(floor.reachable, "person", "people")),
                                 floor.promise->span);
        one.notes.emplace_back("Nothing is sent to keep a promise: it takes a campaign for them");
        found.push_back({std::move(one), std::move(floor.below)});
    }
}

std::vector<Lint> lints(const Inputs& inputs) {
    std::vector<Lint> found;
    if (!store::has_candidates(inputs.store))
        return found;
    auto state = load_state(inputs);
    state.settings.test_mode = false;
    lint_segments(inputs, state, found);
    lint_values(state, found);
    lint_overlaps(inputs, state, found);
    lint_floors(inputs, state, found);
    lint_caps(inputs, state, found);
    obey_allows(inputs.rules->sources, found);
    return found;
}

}  // namespace nurture::forecast
