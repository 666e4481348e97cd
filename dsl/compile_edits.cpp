// SPDX-License-Identifier: MIT
//
// What the author says about steps and campaigns that an edit has removed or renamed. Whether somebody is on them only
// the store knows; here it is checked that each line speaks of something that is gone, and leads somewhere.
#include "dsl/compiler.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

class StepEdits {
public:
    StepEdits(Compiler& compiler, const ast::Campaign& source, Campaign& campaign)
        : c_(compiler),
          in_(source),
          out_(campaign) {}

    void run() {
        for (const ast::Renamed& line : in_.renamed) {
            if (gone(line.from) && once(line.from)) {
                out_.renamed.push_back({line.from.text, line.to.text, line.span});
            }
        }
        for (const ast::Retired& line : in_.retired) {
            if (gone(line.step) && once(line.step)) {
                const auto to = line.continue_at ? std::optional(line.continue_at->text) : std::nullopt;
                out_.retired.push_back({line.step.text, to, line.span, c_.one_line(line.span)});
            }
        }
        for (const ast::Renamed& line : in_.renamed) {
            leads_on(line.to);
        }
        for (const ast::Retired& line : in_.retired) {
            if (line.continue_at) {
                leads_on(*line.continue_at);
            }
        }
    }

private:
    bool gone(const ast::Word& step) {
        const auto ix = out_.steps->find(step.text);
        if (!ix) {
            return true;
        }
        c_.report("N0704", step.span, fmt::format("the step `{}` is still in this campaign", step.text),
                  "this line is for steps that are gone")
            .labels.push_back({out_.steps->lines[*ix].span, "it stands here"});
        return false;
    }

    bool once(const ast::Word& step) {
        const auto [first, is_new] = said_.emplace(step.text, step.span);
        if (!is_new) {
            c_.report("N0704", step.span, fmt::format("what becomes of the step `{}` is said twice", step.text),
                      "leave out one of the two")
                .labels.push_back({first->second, "first said here"});
        }
        return is_new;
    }

    /// A step of today, or one of which another line says what it has become.
    void leads_on(const ast::Word& step) {
        const std::string_view today = out_.step_today(step.text);
        const bool said = std::any_of(out_.retired.begin(), out_.retired.end(),
                                      [&](const RetiredStep& other) { return other.step == today; });
        if (out_.steps->find(today) || said) {
            return;
        }
        if (said_.contains(std::string(today))) {
            c_.report("N0704", step.span, fmt::format("these names of `{}` go in a circle", step.text),
                      "one of them must be a step of this campaign");
            return;
        }
        std::vector<std::string> known;
        for (const StepLine& line : out_.steps->lines) {
            if (!line.name.empty()) {
                known.push_back(line.name);
            }
        }
        if (!in_.incomplete) {
            c_.unknown_name("N0201", "step", step.text, step.span, known);
        }
    }

    Compiler& c_;
    const ast::Campaign& in_;
    Campaign& out_;
    std::map<std::string, Span> said_;
};

class CampaignEdits {
public:
    explicit CampaignEdits(Compiler& compiler) : c_(compiler) {}

    void read(const ast::File& file) {
        for (const ast::RenamedCampaign& line : file.renamed_campaigns) {
            if (gone(line.from) && once(line.from)) {
                c_.rules.renamed_campaigns.push_back({line.from.text, line.to.text, line.span});
            }
        }
        for (const ast::RetiredCampaign& line : file.retired_campaigns) {
            if (gone(line.name) && once(line.name)) {
                c_.rules.retired_campaigns.push_back(
                    {line.name.text, line.kind == ast::RetiredCampaignKind::stop_now, line.span});
            }
        }
    }

    void leads_on(const ast::RenamedCampaign& line) {
        const std::string today(c_.rules.campaign_today(line.to.text));
        if (c_.rules.campaign(today) || c_.rules.retirement(today) != nullptr) {
            return;
        }
        if (said_.contains(today)) {
            c_.report("N0704", line.to.span, fmt::format("these names of \"{}\" go in a circle", line.to.text),
                      "one of them must be a campaign of these rules");
            return;
        }
        c_.campaign(line.to);
    }

private:
    bool gone(const ast::Quoted& name) {
        const auto ix = c_.rules.campaign(name.text);
        if (ix) {
            c_.report("N0704", name.span, fmt::format("the campaign \"{}\" is still in these rules", name.text),
                      "this line is for campaigns that are gone")
                .labels.push_back({c_.rules.campaigns[*ix].span, "it stands here"});
        }
        return !ix;
    }

    bool once(const ast::Quoted& name) {
        const auto [first, is_new] = said_.emplace(name.text, name.span);
        if (!is_new) {
            c_.report("N0704", name.span, fmt::format("what becomes of the campaign \"{}\" is said twice", name.text),
                      "leave out one of the two")
                .labels.push_back({first->second, "first said here"});
        }
        return is_new;
    }

    Compiler& c_;
    std::map<std::string, Span> said_;
};

}  // namespace

void compile_step_edits(Compiler& c, const ast::Campaign& source, Campaign& campaign) {
    StepEdits(c, source, campaign).run();
}

void compile_edits(Compiler& c) {
    std::vector<bool> done(c.rules.campaigns.size());
    CampaignEdits campaigns(c);
    for (const ast::File& file : c.files) {
        for (const ast::Campaign& source : file.campaigns) {
            const auto ix = c.rules.campaign(source.name.text);
            if (ix && !done[*ix]) {
                done[*ix] = true;
                compile_step_edits(c, source, c.rules.campaigns[*ix]);
            }
        }
        campaigns.read(file);
    }
    for (const ast::File& file : c.files) {
        for (const ast::RenamedCampaign& line : file.renamed_campaigns) {
            campaigns.leads_on(line);
        }
    }
}

}  // namespace nurture::dsl
