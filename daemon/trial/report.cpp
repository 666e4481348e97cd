// SPDX-License-Identifier: MIT
#include "daemon/forecast/page.hpp"
#include "daemon/trial/trial.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace nurture::trial {
namespace {

std::string place(const dsl::SourceSet& sources, dsl::Span span) {
    const auto& file = sources.files[span.file];
    return fmt::format("{}:{}", file.path, dsl::line_column(file, span.begin).line);
}

std::string timeline(const Result& result) {
    std::string text = result.timeline.empty() ? "   Nothing happened.\n" : "   What did happen:\n";
    const bool several = std::any_of(result.timeline.begin(), result.timeline.end(),
                                     [&](const auto& m) { return m.who != result.timeline.front().who; });
    for (const auto& m : result.timeline)
        text += fmt::format("     {}  {}{}\n", base::format_for_people(m.at, m.zone),
                            several ? forecast::printable(m.who) + ": " : "", forecast::printable(m.text));
    return text + "\n";
}

std::int64_t failed(const std::vector<Result>& results) {
    return std::count_if(results.begin(), results.end(), [](const auto& r) { return !r.passed(); });
}

}  // namespace

std::string to_text(const std::vector<Result>& results, const dsl::SourceSet& sources, bool with_timelines,
                    bool colour) {
    std::string text;
    for (const auto& result : results) {
        text += fmt::format("{:<8}{}  ({})\n", result.passed() ? "ok" : "FAILED", forecast::printable(result.test),
                            place(sources, result.span));
        if (!result.passed())
            text += '\n';
        for (const auto& failure : result.failures)
            text += dsl::render(failure, sources, colour) + '\n';
        if (with_timelines || !result.passed())
            text += timeline(result);
    }
    if (results.empty())
        return "There is no `test` block in these files.\n";
    const auto all = forecast::counted(static_cast<std::int64_t>(results.size()), "test", "tests");
    return text + (failed(results) == 0 ? all + ": everything came true.\n"
                                        : fmt::format("{}, {} failed.\n", all, failed(results)));
}

std::string to_json(const std::vector<Result>& results, const dsl::SourceSet& sources) {
    auto tests = nlohmann::ordered_json::array();
    for (const auto& result : results) {
        auto moments = nlohmann::ordered_json::array();
        for (const auto& m : result.timeline)
            moments.push_back({{"at", base::format_instant(m.at, m.zone)}, {"who", m.who}, {"what", m.text}});
        const auto& file = sources.files[result.span.file];
        tests.push_back({{"name", result.test},
                         {"file", file.path},
                         {"line", dsl::line_column(file, result.span.begin).line},
                         {"passed", result.passed()},
                         {"failures", nlohmann::ordered_json::parse(dsl::render_json(result.failures, sources))},
                         {"timeline", moments}});
    }
    const nlohmann::ordered_json document = {
        {"tests", results.size()}, {"failed", failed(results)}, {"results", tests}};
    return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace nurture::trial
