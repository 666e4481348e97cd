// SPDX-License-Identifier: MIT
#include "daemon/cli/find_report.hpp"

#include "daemon/engine/evaluate_explain.hpp"
#include "daemon/forecast/page.hpp"
#include "daemon/store/candidates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace nurture::cli {
namespace {

using forecast::thousands;
using Json = nlohmann::ordered_json;

const std::vector<std::string> k_shown = {"first_name", "last_name", "email", "phone", "city", "state", "owner"};
constexpr std::size_t k_rows = 40;  // of a table: more than a screen is for a spreadsheet, or for --all
constexpr std::size_t k_text = 56;  // of a rule line in a funnel; longer ones are cut

std::string number(std::size_t count) { return thousands(static_cast<std::int64_t>(count)); }

/// What a person has where one line looks.
struct Reason {
    std::uint32_t line = 0;
    std::string text, value;  // the rule line; "stage: Offer out, years: 3"
};
struct One {
    std::string ref;
    std::vector<std::optional<std::string>> values;  // of k_shown
    std::vector<Reason> reasons;                     // with --near the one line, with --reasons all of them
};

class Report {
public:
    Report(const store::Database& database, const Found& found, dsl::SegmentIx ix, const FindOptions& options)
        : database_(database),
          found_(found),
          ix_(ix),
          segment_(found.rules->segments[ix]),
          options_(options) {
        if (options.near)
            near_ = engine::near_misses(found.state.member.evaluator(), found.view(), ix);
    }

    void write(std::ostream& out) const {
        switch (options_.format) {
        case FindFormat::csv: return csv(out);
        case FindFormat::json: out << json(); return;
        case FindFormat::table: out << table(); return;
        }
    }

private:
    // --- who -------------------------------------------------------------------------------------------------------

    /// In the order in which they came into the store.
    template<class Visit>
    void each(Visit visit) const {
        const auto wanted = options_.near ? found_.near(ix_) : found_.members.of(ix_);
        store::CandidateScan scan(database_, k_shown);
        while (scan.next()) {
            const auto row = found_.state.columns->find(scan.id());
            if (!row || !wanted.test(*row))
                continue;
            One one{std::string(scan.ref()), {}, reasons(*row)};
            for (std::size_t i = 0; i < k_shown.size(); ++i)
                one.values.push_back(scan.known(i) ? std::optional(std::string(scan.text(i))) : std::nullopt);
            visit(one);
        }
    }

    std::vector<Reason> reasons(roster::Row row) const {
        std::vector<Reason> all;
        for (std::size_t i = 0; i < segment_.lines.size(); ++i) {
            if (!(options_.near ? near_[i].test(row) : options_.reasons))
                continue;
            std::vector<std::string> values;
            for (const auto& test : engine::explain_condition(found_.state.member.evaluator(), found_.view(),
                                                              segment_.lines[i].condition, row))
                if (auto value = test.what + ": " + test.value;
                    std::find(values.begin(), values.end(), value) == values.end())
                    values.push_back(std::move(value));
            all.push_back({line_of(i), segment_.lines[i].text, fmt::format("{}", fmt::join(values, ", "))});
        }
        return all;
    }

    std::uint32_t line_of(std::size_t i) const {
        const auto& span = segment_.lines[i].span;
        return dsl::line_column(found_.rules->sources.files[span.file], span.begin).line;
    }
    bool tells_reasons() const { return options_.near || options_.reasons; }

    // --- forms -----------------------------------------------------------------------------------------------------

    /// Row by row: it may be the whole store.
    void csv(std::ostream& out) const {
        out << fmt::format("ref,{}{}\n", fmt::join(k_shown, ","),
                           options_.near      ? ",line,rule,value"
                           : options_.reasons ? ",because"
                                              : "");
        each([&](const One& one) {
            out << csv_cell(one.ref);
            for (const auto& value : one.values)
                out << ',' << csv_cell(value.value_or(""));
            if (options_.near)
                out << fmt::format(",{},{},{}", one.reasons.front().line, csv_cell(one.reasons.front().text),
                                   csv_cell(one.reasons.front().value));
            else if (options_.reasons)
                out << ',' << csv_cell(because(one));
            out << '\n';
        });
    }

    static std::string because(const One& one) {
        std::vector<std::string> values;
        for (const auto& reason : one.reasons)
            values.push_back(reason.value);
        return fmt::format("{}", fmt::join(values, "; "));
    }

    std::string json() const {
        const auto funnel = engine::funnel(found_.state.member.evaluator(), found_.view(), ix_);
        auto lines = Json::array(), all = lines;
        for (std::size_t i = 0; i < segment_.lines.size(); ++i) {
            const auto& through = funnel.lines[i];
            Json line = {{"line", line_of(i)},
                         {"text", segment_.lines[i].text},
                         {"before", through.before},
                         {"after", through.after},
                         {"unknown_left_out", through.unknown_left_out},
                         {"unknown_kept", through.unknown_kept}};
            if (options_.near)
                line["out_by_it_alone"] = near_[i].count();
            lines.push_back(std::move(line));
        }
        each([&](const One& one) { all.push_back(json_of(one)); });
        const Json document = {{"as_of", base::format_instant(found_.state.now, found_.zone)},
                               {"segment", segment_.name},
                               {"store", funnel.people},
                               {"count", found_.members.count(ix_)},
                               {"lines", lines},
                               {options_.near ? "near" : "people", all},
                               {"timings", found_.timings()}};
        return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    }

    Json json_of(const One& one) const {
        Json person = {{"ref", one.ref}};
        for (std::size_t i = 0; i < k_shown.size(); ++i)
            person[k_shown[i]] = one.values[i] ? Json(*one.values[i]) : Json(nullptr);
        auto reasons = Json::array();
        for (const auto& reason : one.reasons)
            reasons.push_back({{"line", reason.line}, {"text", reason.text}, {"value", reason.value}});
        if (options_.near)
            person["fails"] = reasons.front();
        else if (options_.reasons)
            person["because"] = reasons;
        return person;
    }

    static std::string unknown_note(const engine::FunnelLine& line) {
        std::string note;
        if (line.unknown_left_out > 0)
            note = fmt::format("{} unknown: left out", number(line.unknown_left_out));
        if (line.unknown_kept > 0)
            note += fmt::format("{}{} unknown: kept", note.empty() ? "" : ", ", number(line.unknown_kept));
        return note.empty() ? note : "   (" + note + ")";
    }

    std::string funnel_text() const {
        const auto funnel = engine::funnel(found_.state.member.evaluator(), found_.view(), ix_);
        auto text = fmt::format("{:>8}  people in the store, as of {}\n", number(funnel.people),
                                base::format_for_people(found_.state.now, found_.zone));
        for (std::size_t i = 0; i < segment_.lines.size(); ++i) {
            const auto rule = forecast::fit(segment_.lines[i].text, k_text);
            const auto out = options_.near && near_[i].count() > 0
                                 ? fmt::format("   ({} out by this line alone)", number(near_[i].count()))
                                 : std::string();
            text += fmt::format("{:>8}  {}{}{}{}\n", number(funnel.lines[i].after), rule,
                                std::string(k_text - forecast::width(rule), ' '), unknown_note(funnel.lines[i]), out);
        }
        return text;
    }

    std::string table() const {
        std::vector<std::vector<std::string>> rows{{"ref"}};
        rows[0].insert(rows[0].end(), k_shown.begin(), k_shown.end());
        if (tells_reasons())
            rows[0].push_back(options_.near ? "out by" : "because");
        std::size_t more = 0;
        each([&](const One& one) {
            if (rows.size() > k_rows && !options_.all) {
                ++more;
                return;
            }
            std::vector<std::string> row{one.ref};
            for (const auto& value : one.values)
                row.push_back(forecast::printable(value.value_or("")));
            if (options_.near)
                row.push_back(
                    forecast::printable(fmt::format("{}   ({})", one.reasons.front().text, one.reasons.front().value)));
            else if (options_.reasons)
                row.push_back(forecast::printable(because(one)));
            rows.push_back(std::move(row));
        });
        return funnel_text() + (rows.size() == 1 ? "" : "\n" + columns(rows)) +
               (more == 0 ? ""
                          : fmt::format("… and {} more. All of them: --all; for a spreadsheet: --format csv\n",
                                        number(more)));
    }

    static std::string columns(const std::vector<std::vector<std::string>>& rows) {
        std::vector<std::size_t> widths(rows[0].size());
        for (const auto& row : rows)
            for (std::size_t i = 0; i < row.size(); ++i)
                widths[i] = std::max(widths[i], forecast::width(row[i]));
        std::string text;
        for (const auto& row : rows) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i)
                line += row[i] + std::string(widths[i] - forecast::width(row[i]) + 2, ' ');
            text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
        }
        return text;
    }

    const store::Database& database_;
    const Found& found_;
    dsl::SegmentIx ix_;
    const dsl::Segment& segment_;
    const FindOptions& options_;
    std::vector<engine::Bitmap> near_;  // by line
};

}  // namespace

engine::Bitmap Found::near(dsl::SegmentIx segment) const {
    engine::Bitmap all(state.columns->size());
    for (const auto& line : engine::near_misses(state.member.evaluator(), view(), segment))
        all |= line;
    return all;
}

std::string csv_cell(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string cell = "\"";
    for (const char c : text)
        cell.append(c == '"' ? 2 : 1, c);
    return cell + '"';
}

void report(std::ostream& out, const store::Database& database, const Found& found, dsl::SegmentIx segment,
            const FindOptions& options) {
    Report(database, found, segment, options).write(out);
}

}  // namespace nurture::cli
