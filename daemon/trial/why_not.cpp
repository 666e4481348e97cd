// SPDX-License-Identifier: MIT
// Somebody was expected to get something of a campaign and never came into it: the line that kept them out.
#include "daemon/engine/entry.hpp"
#include "daemon/engine/evaluate_explain.hpp"
#include "daemon/engine/reasons.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/trial/stage.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nurture::trial {
namespace {

namespace ast = dsl::ast;

bool was_in(Stage& stage, base::CandidateId who, const std::string& campaign) {
    const auto all = store::enrolments_of(stage.database(), who);
    return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.campaign == campaign; });
}

std::string why_not(Stage& stage, const std::string& name, roster::Row row, dsl::CampaignIx ix) {
    const auto& campaign = stage.rules().campaigns[ix];
    const auto& audience = stage.rules().segments[campaign.audience].name;
    const auto failing = failing_lines(stage, campaign.audience, row);
    if (!failing.empty())
        return fmt::format("\"{}\" never came into \"{}\". Of its audience \"{}\" this does not hold:   {}", name,
                           campaign.name, audience, fmt::join(failing, "   /   "));
    const engine::Entrance entrance(stage.state());
    auto reason = entrance.closed(ix);
    if (reason == engine::ReasonCode::none)
        reason = entrance.refusal(ix, row);
    if (reason != engine::ReasonCode::none)
        return fmt::format("\"{}\" is in the audience \"{}\" and never came into \"{}\": {}", name, audience,
                           campaign.name, engine::sentence(reason));
    return fmt::format("\"{}\" is in the audience \"{}\", but nothing made them enter \"{}\" in this time.", name,
                       audience, campaign.name);
}

engine::View view(const engine::State& state) {
    return {*state.columns, state.today, state.now, state.member.campaigns()};
}

}  // namespace

bool is_member(Stage& stage, dsl::SegmentIx segment, roster::Row row) {
    const auto& state = stage.state();
    return state.columns->is_living(row) &&
           state.member.evaluator().holds(view(state), stage.rules().segments[segment].whole, row);
}

std::vector<std::string> failing_lines(Stage& stage, dsl::SegmentIx segment, roster::Row row) {
    const auto& state = stage.state();
    const auto lines = engine::explain(state.member.evaluator(), view(state), segment, row);
    std::vector<std::string> failing;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].holds)
            continue;
        std::string values;
        for (const auto& test : lines[i].tests)
            values += fmt::format("{}{}: {}", values.empty() ? "" : ", ", test.what, test.value);
        failing.push_back(fmt::format("{}   ({})", stage.rules().segments[segment].lines[i].text, values));
    }
    return failing;
}

bool names(const ast::Expect& line, const dsl::Campaign& campaign) {
    const auto& steps = campaign.steps->lines;
    return std::any_of(steps.begin(), steps.end(), [&](const dsl::StepLine& step) {
        const auto* message = std::get_if<dsl::op::Message>(&step.op);
        const bool sends = line.name && message != nullptr &&
                           std::any_of(message->templates.begin(), message->templates.end(),
                                       [&](const auto& name) { return dsl::fold(name) == dsl::fold(line.name->text); });
        return sends || (line.step && line.step->text == step.name);
    });
}

std::vector<std::string> why_nobody_came_in(Stage& stage, const ast::Expect& expect) {
    std::vector<std::string> told;
    const auto& campaigns = stage.rules().campaigns;
    for (std::size_t i = 0; i < campaigns.size(); ++i) {
        if (!names(expect, campaigns[i]))
            continue;
        for (const auto& [name, who] : stage.people()) {
            const auto row = stage.state().columns->find(who);
            if (row && !was_in(stage, who, campaigns[i].name))
                told.push_back(why_not(stage, name, *row, static_cast<dsl::CampaignIx>(i)));
        }
    }
    return told;
}

}  // namespace nurture::trial
