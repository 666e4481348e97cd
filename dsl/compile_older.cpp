// SPDX-License-Identifier: MIT
//
// What people who are mid-sequence still need of earlier rule sets: step lists that are no longer in the files, and
// campaigns that are to finish. Errors count only where somebody can still come to.
#include "dsl/compiler.hpp"
#include "dsl/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nurture::dsl {
namespace {

void parse_again(Compiler& c) {
    Diagnostics known;  // these files were compiled without an error already
    for (std::uint32_t i = 0; i < c.sources.files.size(); ++i) {
        if (is_rule_file(c.sources.files[i].path)) {
            c.files.push_back(parse(c.sources, i, known));
        }
    }
    read_values(c);
}

/// Equal steps have one hash whatever the campaign is called, so that a renamed campaign is found.
const ast::Campaign* find_steps(const Compiler& c, const OlderSteps& wanted) {
    for (const ast::File& file : c.files) {
        for (const ast::Campaign& source : file.campaigns) {
            if (step_list_hash(source) == wanted.hash) {
                return &source;
            }
        }
    }
    return nullptr;
}

/// Steps that today's campaign has retired; returns those from which the line leads nowhere.
std::vector<StepIx> retire(StepList& list, const Campaign& today) {
    std::vector<StepIx> astray;
    const auto name_of = [&](std::size_t line) { return today.step_today(list.lines[line].name); };
    for (std::size_t i = 0; i < list.lines.size(); ++i) {
        const auto* line =
            list.lines[i].name.empty() || today.steps->find(name_of(i)) ? nullptr : today.retirement(name_of(i));
        if (line == nullptr) {
            continue;
        }
        op::Retired retired;
        for (std::size_t j = i + 1; line->continue_at && !retired.to && j < list.lines.size(); ++j) {
            if (!list.lines[j].name.empty() && name_of(j) == today.step_today(*line->continue_at)) {
                retired.to = static_cast<StepIx>(j);
            }
        }
        if (line->continue_at && !retired.to) {
            astray.push_back(static_cast<StepIx>(i));
        }
        list.lines[i].op = retired;
    }
    return astray;
}

std::vector<bool> needed(const StepList& list, const std::vector<StepIx>& positions) {
    std::vector<bool> all(list.lines.size());
    for (const StepIx from : positions) {
        const std::vector<bool> lines = ahead(list, from);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            all[i] = all[i] || lines[i];
        }
    }
    return all;
}

/// The line of the list in whose text a place lies; none: it lies above the steps.
std::optional<std::size_t> line_at(const StepList& list, Span place) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i + 1 < list.lines.size(); ++i) {  // the last is End, which stands nowhere
        const Span& line = list.lines[i].span;
        if (line.begin <= place.begin && (!best || line.begin > list.lines[*best].span.begin)) {
            best = i;
        }
    }
    return best;
}

/// What was compiled once is wrong only because something else has gone since. `where` the author of today looks.
void keep_errors_as_gone(Diagnostics& diagnostics, std::size_t from, const StepList& list,
                         const std::vector<bool>& lines, const std::string& campaign, Span where) {
    const auto first = diagnostics.begin() + static_cast<std::ptrdiff_t>(from);
    const auto harmless = [&](const Diagnostic& d) {
        const auto line = line_at(list, d.labels.front().span);
        return d.severity != Severity::error ||
               (line && (!lines[*line] || std::holds_alternative<op::Retired>(list.lines[*line].op)));
    };
    diagnostics.erase(std::remove_if(first, diagnostics.end(), harmless), diagnostics.end());
    for (std::size_t i = from; i < diagnostics.size(); ++i) {
        diagnostics[i] = diagnose("N0703",
                                  fmt::format("people who are mid-sequence in \"{}\" still need what is gone: {}",
                                              campaign, diagnostics[i].title),
                                  where);
        diagnostics[i].notes = {"Put it back until they are through, or retire the step that needs it."};
    }
}

void nothing_leads_on(Diagnostics& diagnostics, const StepList& list, StepIx from, const Campaign& today) {
    const RetiredStep& line = *today.retirement(today.step_today(list.lines[from].name));
    Diagnostic& problem = diagnostics.emplace_back(diagnose(
        "N0701", fmt::format("people who have `{}` ahead have no step `{}` after it", line.step, *line.continue_at),
        line.span, "they keep the steps they started with"));
    std::vector<std::string> names;
    for (std::size_t i = from + 1u; i < list.lines.size(); ++i) {
        if (!list.lines[i].name.empty() && !std::holds_alternative<op::Retired>(list.lines[i].op)) {
            names.push_back(list.lines[i].name);
        }
    }
    for (const std::string& name : names) {
        problem.notes.push_back(fmt::format("Write:   retired {}, continue at {}", line.step, name));
    }
    problem.notes.push_back(fmt::format("{}   retired {}, stop", names.empty() ? "Write:" : "or:   ", line.step));
}

}  // namespace

std::shared_ptr<const StepList> compile_step_list(const SourceSet& then, const OlderSteps& wanted, Rules& today,
                                                  Diagnostics& diagnostics) {
    const std::size_t before = diagnostics.size();
    const World world;
    Compiler compiler(then, world, today, diagnostics);
    parse_again(compiler);
    const ast::Campaign* source = find_steps(compiler, wanted);
    const auto live = today.campaign(wanted.campaign);
    if (source == nullptr || !live) {
        diagnostics.push_back(diagnose(
            "N0703", fmt::format("the source of an older version has no campaign \"{}\"", wanted.campaign), {0, 0, 0}));
        return nullptr;
    }
    auto list = std::make_shared<StepList>(*compile_steps(compiler, *source, std::nullopt));
    list->campaign = wanted.campaign;
    const Campaign& campaign = today.campaigns[*live];
    const std::vector<StepIx> astray = retire(*list, campaign);
    const std::vector<bool> lines = needed(*list, wanted.positions);
    keep_errors_as_gone(diagnostics, before, *list, lines, campaign.name, campaign.span);
    for (const StepIx line : astray) {
        if (lines[line]) {
            nothing_leads_on(diagnostics, *list, line, campaign);
        }
    }
    return diagnostics.size() == before ? list : nullptr;
}

bool add_closing_campaign(const SourceSet& then, const std::string& name, const std::string& as,
                          const std::vector<StepIx>& positions, Rules& today, Diagnostics& diagnostics) {
    const auto has_it = [&](const ast::File& file) {
        return std::any_of(file.campaigns.begin(), file.campaigns.end(),
                           [&](const ast::Campaign& c) { return c.name.text == name; });
    };
    Diagnostics known;
    std::uint32_t at = 0;
    while (at < then.files.size() && !(is_rule_file(then.files[at].path) && has_it(parse(then, at, known)))) {
        ++at;
    }
    if (at == then.files.size()) {
        return false;
    }
    const std::size_t before = diagnostics.size();
    today.sources.files.push_back(then.files[at]);
    const World world;
    Compiler compiler(today.sources, world, today, diagnostics);
    parse_again(compiler);
    const ast::File& file = compiler.files.back();
    const auto source = std::find_if(file.campaigns.begin(), file.campaigns.end(),
                                     [&](const ast::Campaign& c) { return c.name.text == name; });
    Campaign& campaign = today.campaigns.emplace_back();
    campaign.name = as;
    campaign.closing = true;
    compile_campaign(compiler, *source, campaign, std::nullopt);
    compile_step_edits(compiler, *source, campaign);
    auto steps = std::make_shared<StepList>(*campaign.steps);
    steps->campaign = as;
    campaign.steps = std::move(steps);
    keep_errors_as_gone(diagnostics, before, *campaign.steps, needed(*campaign.steps, positions), as,
                        today.retirement(as)->span);
    return true;
}

}  // namespace nurture::dsl
