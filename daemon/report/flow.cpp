// SPDX-License-Identifier: MIT
// The steps of a campaign as they are written, each with the people who come to it, branches side by side.
#include "daemon/engine/reasons.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"
#include "dsl/parse.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::report {
namespace {

namespace ast = dsl::ast;
using engine::ReasonCode;
using forecast::thousands;

class Flow {
public:
    Flow(const Material& material, const dsl::Campaign& campaign)
        : m_(material),
          file_(material.rules.sources.files[campaign.span.file]),
          name_(campaign.name),
          ix_(*material.rules.campaign(campaign.name)) {}

    std::string draw() {
        dsl::Diagnostics said_before;
        const auto parsed = dsl::parse(m_.rules.sources, m_.rules.campaigns[ix_].span.file, said_before);
        const auto source = std::find_if(parsed.campaigns.begin(), parsed.campaigns.end(),
                                         [&](const ast::Campaign& c) { return c.name.text == name_; });
        return source == parsed.campaigns.end() ? std::string() : steps(source->steps, "flow");
    }

private:
    std::int64_t times(const dsl::Span& line, ReasonCode reason) const {
        const auto found = m_.preview.deeds.find({ix_, line.begin, reason});
        return found == m_.preview.deeds.end() ? 0 : found->second;
    }

    /// Everybody who comes to a line leaves some trace there; who leaves several is one person still.
    std::int64_t came(const dsl::Span& line) const {
        std::int64_t most = 0;
        for (auto it = m_.preview.deeds.lower_bound({ix_, line.begin, {}});
             it != m_.preview.deeds.end() && it->first.campaign == ix_ && it->first.begin == line.begin; ++it)
            most = std::max(most, it->second);
        return most;
    }

    std::string_view text(const dsl::Span& line) const {
        return std::string_view(file_.text).substr(line.begin, line.end - line.begin);
    }

    static std::string edge(std::int64_t people, std::string_view way = {}) {
        return fmt::format("<span class=\"edge\">{}<b>{}</b></span>", way.empty() ? "" : escaped(way) + " ",
                           thousands(people));
    }

    std::string left_out(const dsl::Span& line) const {
        std::string notes;
        for (auto it = m_.preview.deeds.lower_bound({ix_, line.begin, {}});
             it != m_.preview.deeds.end() && it->first.campaign == ix_ && it->first.begin == line.begin; ++it)
            if (it->first.reason >= ReasonCode::no_consent && it->first.reason <= ReasonCode::human_reply)
                notes += fmt::format("<li>{} skip it: {}</li>", thousands(it->second),
                                     escaped(engine::sentence(it->first.reason)));
        return notes.empty() ? notes : "<ul class=\"notes\">" + notes + "</ul>";
    }

    std::string steps(const std::vector<ast::Step>& all, std::string_view kind) const {
        std::string html = fmt::format("<ol class=\"{}\">", kind);
        for (const auto& step : all)
            html += "<li>" + std::visit([&](const auto& what) { return one(step, what); }, step.what) + "</li>";
        return html + "</ol>";
    }

    template<class Other>
    std::string one(const ast::Step& step, const Other&) const {
        return edge(came(step.span)) + "<code class=\"box\">" + coloured(text(step.span)) + "</code>" +
               left_out(step.span);
    }

    std::string one(const ast::Step& step, const ast::Branch& branch) const {
        const auto yes = times(step.span, ReasonCode::branch_true), no = times(step.span, ReasonCode::branch_false);
        std::string html = edge(yes + no) + "<code class=\"box\">" + coloured(text(step.span)) +
                           "</code><div class=\"arms\"><div>" + edge(yes, "yes") + steps(branch.then, "arm") +
                           "</div><div>" + edge(no, "no");
        return html + (branch.otherwise.empty() ? "<p>goes on</p>" : steps(branch.otherwise, "arm")) + "</div></div>";
    }

    std::string one(const ast::Step& step, const ast::SplitStep& split) const {
        std::string arms;
        std::int64_t all = 0;
        for (const auto& arm : split.arms) {
            const auto people = times(arm.span, ReasonCode::arm_drawn);
            all += people;
            arms += "<div>" + edge(people) + "<code class=\"box\">" + coloured(text(arm.span)) + "</code>" +
                    left_out(arm.span) + "</div>";
        }
        return edge(all) + "<code class=\"box\">" + coloured(text(step.span)) + "</code><div class=\"arms\">" + arms +
               "</div>";
    }

    const Material& m_;
    const dsl::SourceFile& file_;
    const std::string& name_;
    dsl::CampaignIx ix_;
};

}  // namespace

std::string flow(const Material& material, const dsl::Campaign& campaign) { return Flow(material, campaign).draw(); }

}  // namespace nurture::report
