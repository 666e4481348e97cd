// SPDX-License-Identifier: MIT
// The steps of a campaign as they are written, each with the people who come to it, branches side by side, and at the
// foot how enrolments end.
#include "daemon/engine/reasons.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/report/html.hpp"
#include "daemon/report/parts.hpp"
#include "dsl/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nurture::report {
namespace {

namespace ast = dsl::ast;
using engine::ReasonCode;
using forecast::thousands;

constexpr double k_thinnest = 1, k_thickest = 12;  // pixels of an edge

struct Kind {
    std::string_view look, words;  // class and label
};

Kind kind(const ast::MessageStep& step) {
    return step.channel == ast::Channel::sms ? Kind{"sms", "SMS"} : Kind{"email", "email"};
}
Kind kind(const ast::ApprovalStep&) { return {"approval", "approval"}; }
Kind kind(const ast::TaskStep&) { return {"task", "task"}; }
Kind kind(const ast::ListStep&) { return {"list", "list"}; }
Kind kind(const ast::WithdrawStep&) { return {"list", "consent"}; }
Kind kind(const ast::StopStep&) { return {"end", "stop"}; }
Kind kind(const auto&) { return {"wait", "wait"}; }

bool says_skipped(ReasonCode reason) { return reason >= ReasonCode::no_consent && reason <= ReasonCode::human_reply; }
bool says_waits(ReasonCode reason) { return reason >= ReasonCode::not_started && reason <= ReasonCode::not_known_yet; }

class Flow {
public:
    Flow(const Material& material, const dsl::Campaign& campaign)
        : m_(material),
          file_(material.rules.sources.files[campaign.span.file]),
          name_(campaign.name),
          ix_(*material.rules.campaign(campaign.name)),
          ahead_(forecast_of(material.preview, campaign.name)) {
        for (const auto& [deed, people] : m_.preview.deeds)
            if (deed.campaign == ix_ && !says_waits(deed.reason))
                most_ = std::max(most_, people);
    }

    std::string draw() {
        dsl::Diagnostics said_before;
        const auto parsed = dsl::parse(m_.rules.sources, m_.rules.campaigns[ix_].span.file, said_before);
        const auto source = std::find_if(parsed.campaigns.begin(), parsed.campaigns.end(),
                                         [&](const ast::Campaign& c) { return c.name.text == name_; });
        if (source == parsed.campaigns.end())
            return {};
        return nobody() + steps(source->steps, "flow") + ends();
    }

private:
    template<class Each>
    void deeds_of(const dsl::Span& line, Each each) const {
        for (auto it = m_.preview.deeds.lower_bound({ix_, line.begin, {}});
             it != m_.preview.deeds.end() && it->first.campaign == ix_ && it->first.begin == line.begin; ++it)
            each(it->first.reason, it->second);
    }

    std::int64_t times(const dsl::Span& line, ReasonCode reason) const {
        const auto found = m_.preview.deeds.find({ix_, line.begin, reason});
        return found == m_.preview.deeds.end() ? 0 : found->second;
    }

    /// Everybody who comes to a line leaves a trace there, some several: the commonest one counts. Who skips a message
    /// never was ready for it, but for those who replied.
    std::int64_t came(const dsl::Span& line) const {
        std::int64_t most = 0, skipped = 0;
        deeds_of(line, [&](ReasonCode reason, std::int64_t people) {
            if (says_skipped(reason) && reason != ReasonCode::human_reply)
                skipped += people;
            else if (!says_waits(reason))
                most = std::max(most, people);
        });
        return most + skipped;
    }

    std::string text(const dsl::Span& line) const {
        return shown(m_, std::string_view(file_.text).substr(line.begin, line.end - line.begin));
    }

    std::string edge(std::int64_t people, std::string_view way = {}) const {
        const double share = most_ == 0 ? 0 : static_cast<double>(people) / static_cast<double>(most_);
        return fmt::format("<span class=\"edge\" style=\"--w:{:.1f}px\">{}<b>{}</b></span>",
                           people == 0 ? k_thinnest : k_thinnest + (k_thickest - k_thinnest) * share,
                           way.empty() ? "" : escaped(way) + " ", forecast::counted(people, "person", "people"));
    }

    static std::string box(const Kind& kind, const std::string& html) {
        return fmt::format("<div class=\"box {}\"><span class=\"kind\">{}</span><code>{}</code></div>", kind.look,
                           kind.words, html);
    }

    std::string left_out(const dsl::Span& line) const {
        std::string notes;
        deeds_of(line, [&](ReasonCode reason, std::int64_t people) {
            if (says_skipped(reason))
                notes += fmt::format("<li>{} skip it: {}</li>", thousands(people), escaped(engine::sentence(reason)));
        });
        return notes.empty() ? notes : "<ul class=\"notes\">" + notes + "</ul>";
    }

    std::string steps(const std::vector<ast::Step>& all, std::string_view look) const {
        std::string html = fmt::format("<ol class=\"{}\">", look);
        bool first_of_arm = look == "arm";  // its edge is the arm's own
        for (const auto& step : all)
            html += fmt::format("<li>{}{}</li>", std::exchange(first_of_arm, false) ? "" : edge(came(step)),
                                std::visit([&](const auto& what) { return one(step, what); }, step.what));
        return html + "</ol>";
    }

    std::int64_t came(const ast::Step& step) const {
        const auto* split = std::get_if<ast::SplitStep>(&step.what);
        if (split == nullptr)
            return came(step.span);
        std::int64_t all = 0;
        for (const auto& arm : split->arms)
            all += times(arm.span, ReasonCode::arm_drawn);
        return all;
    }

    template<class Other>
    std::string one(const ast::Step& step, const Other& what) const {
        return box(kind(what), coloured(text(step.span))) + left_out(step.span);
    }

    std::string one(const ast::Step& step, const ast::Branch& branch) const {
        const auto yes = times(step.span, ReasonCode::branch_true), no = times(step.span, ReasonCode::branch_false);
        return box({"branch", "branch"}, coloured(text(step.span))) + "<div class=\"arms\">" +
               arm("yes:", yes, branch.then) + arm("no:", no, branch.otherwise) + "</div>";
    }

    std::string arm(std::string_view way, std::int64_t people, const std::vector<ast::Step>& all) const {
        return "<div>" + edge(people, way) + (all.empty() ? "<p class=\"small\">go on below</p>" : steps(all, "arm")) +
               "</div>";
    }

    std::string one(const ast::Step& step, const ast::SplitStep& split) const {
        std::string arms;
        for (const auto& arm : split.arms) {
            const bool sms = arm.channel && *arm.channel == ast::Channel::sms;
            const auto what = !arm.channel ? Kind{"wait", "nothing"}
                              : sms        ? Kind{"sms", "SMS"}
                                           : Kind{"email", "email"};
            arms += "<div>" + edge(times(arm.span, ReasonCode::arm_drawn)) + box(what, coloured(text(arm.span))) +
                    left_out(arm.span) + "</div>";
        }
        return box({"branch", "split"}, coloured(text(step.span))) + "<div class=\"arms\">" + arms + "</div>";
    }

    /// Why the numbers are all 0.
    std::string nobody() const {
        if (ahead_ == nullptr || !ahead_->total.nothing() || ahead_->never.empty())
            return {};
        const auto& most = ahead_->never.front();
        return fmt::format("<p class=\"note\">Nobody comes to any of these steps; for {}: {}.</p>",
                           forecast::counted(most.people, "person", "people"), escaped(engine::sentence(most.reason)));
    }

    std::string ends() const {
        if (ahead_ == nullptr || ahead_->ends.empty())
            return {};
        std::int64_t all = 0;
        std::string list;
        for (const auto& end : ahead_->ends) {
            all += end.people;
            list += fmt::format("<li>{}: {}</li>", thousands(end.people), escaped(engine::sentence(end.reason)));
        }
        return edge(all) + "<div class=\"box end\"><span class=\"kind\">ends</span><ul>" + list + "</ul></div>";
    }

    const Material& m_;
    const dsl::SourceFile& file_;
    const std::string& name_;
    dsl::CampaignIx ix_;
    const forecast::CampaignPreview* ahead_;
    std::int64_t most_ = 0;
};

}  // namespace

std::string flow(const Material& material, const dsl::Campaign& campaign) { return Flow(material, campaign).draw(); }

}  // namespace nurture::report
