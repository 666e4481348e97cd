// SPDX-License-Identifier: MIT
#include "daemon/trial/trial.hpp"

#include "daemon/trial/stage.hpp"
#include "dsl/parse.hpp"

#include <algorithm>

namespace nurture::trial {
namespace {

namespace ast = dsl::ast;
using base::Minute;

// `expect no … after DATE` with nothing later in the test: a quarter is longer than nearly every wait.
constexpr std::chrono::days k_looked_after{90};

class Play {
public:
    Play(const Setting& setting, const ast::Test& test)
        : test_(test),
          zone_(base::find_zone(test.zone->text).value_or(base::ZoneId::utc)),
          stage_(setting, instant(*test.now)),
          timeline_(stage_) {}

    Result run() {
        Result result{test_.name.text, test_.span, {}, {}};
        try {
            for (const auto& given : test_.given)
                bring_in(stage_, given);
            stage_.begin([this](auto decisions) { timeline_.add(decisions); }, about_a_draft());
            stage_.settle();
            happen();
            stage_.run_until(last_named());
            judge_all(result.failures, true);
            stage_.run_until(last_looked_at());
            judge_all(result.failures, false);
            result.timeline = timeline_.take();
        } catch (const Problem& problem) {
            result.failures.push_back(problem.diagnostic);
            if (stage_.begun())
                result.timeline = timeline_.take();
        }
        dsl::tidy(result.failures);
        return result;
    }

private:
    Minute instant(const ast::LocalInstant& at) const {
        return base::to_instant(zone_, base::Day(at.date.value), at.time.value);
    }

    /// A draft sends nothing and so disturbs nobody, unless the test is about one of its messages or tasks.
    bool about_a_draft() const {
        return std::any_of(test_.expects.begin(), test_.expects.end(), [&](const auto& line) {
            const auto& campaigns = stage_.rules().campaigns;
            return std::any_of(campaigns.begin(), campaigns.end(),
                               [&](const auto& campaign) { return campaign.draft && names(line, campaign); });
        });
    }

    void happen() {
        auto lines = test_.happenings;
        std::stable_sort(lines.begin(), lines.end(),
                         [&](const auto& a, const auto& b) { return instant(a.at) < instant(b.at); });
        for (std::size_t first = 0, behind = 0; first < lines.size(); first = behind) {
            const auto at = instant(lines[first].at);
            while (behind < lines.size() && instant(lines[behind].at) == at)
                ++behind;
            stage_.run_until(at - std::chrono::minutes(1));
            stage_.step_to(at);
            at_once({lines.data() + first, behind - first});
        }
    }

    /// A stop and a message in the same minute: the stop wins, so what people do comes first. What only the engine's
    /// turn makes possible, such as approving what is asked in this minute, comes after it.
    void at_once(std::span<const ast::Happening> lines) {
        std::vector<const ast::Happening*> later;
        for (const auto& line : lines) {
            if (perform(stage_, line))
                later.push_back(&line);
            else
                timeline_.add(line);
        }
        stage_.settle();
        for (const auto* line : later) {
            if (auto problem = perform(stage_, *line))
                throw Problem{std::move(*problem)};
            timeline_.add(*line);
            stage_.settle();
        }
    }

    /// The end of the last date named; with none, the beginning.
    Minute last_named() const {
        auto last = stage_.now();
        const auto through = [&](const std::optional<ast::Date>& date) {
            if (date)  // zones are at most a day apart
                last = std::max(last, base::day_start(zone_, base::Day(date->value) + std::chrono::days(2)));
        };
        for (const auto& line : test_.expects) {
            through(line.on);
            through(line.before);
            through(line.after);
        }
        return last;
    }

    Minute last_looked_at() const {
        const bool after =
            std::any_of(test_.expects.begin(), test_.expects.end(), [](const auto& e) { return e.after; });
        return after ? stage_.now() + k_looked_after : stage_.now();
    }

    void judge_all(dsl::Diagnostics& failures, bool membership) {
        for (const auto& line : test_.expects)
            if (line.segment.has_value() == membership)
                if (auto failure = judge(stage_, line))
                    failures.push_back(std::move(*failure));
    }

    const ast::Test& test_;
    base::ZoneId zone_;
    Stage stage_;
    Timeline timeline_;
};

}  // namespace

std::vector<Result> play(const Setting& setting, const std::function<bool(const std::string& path)>& wanted) {
    std::vector<Result> results;
    const auto& files = setting.rules->sources.files;
    for (std::uint32_t i = 0; i < files.size(); ++i) {
        if (!dsl::is_rule_file(files[i].path) || !wanted(files[i].path))
            continue;
        dsl::Diagnostics said_before;
        for (const auto& test : dsl::parse(setting.rules->sources, i, said_before).tests)
            results.push_back(Play(setting, test).run());
    }
    return results;
}

}  // namespace nurture::trial
