// SPDX-License-Identifier: MIT
// N0228: a value in a rule that nobody in the store has. Whatever waits for a change (`becomes`, `gains`) is about
// values that people are still to get, and is left alone.
#include "daemon/forecast/lint_parts.hpp"
#include "dsl/codes.hpp"
#include "dsl/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace nurture::forecast {
namespace {

namespace ast = dsl::ast;

/// The values that people have in one column, folded; as they are shown.
using Had = std::map<std::string, std::string>;

class Values {
public:
    Values(const engine::State& state, std::vector<Lint>& found)
        : rules_(*state.rules),
          columns_(*state.columns),
          found_(found) {}

    void run() {
        dsl::Diagnostics said_before;
        std::vector<ast::File> files;
        for (std::uint32_t i = 0; i < rules_.sources.files.size(); ++i)
            if (dsl::is_rule_file(rules_.sources.files[i].path))
                files.push_back(dsl::parse(rules_.sources, i, said_before));
        for (const auto& file : files) {
            for (const auto& segment : file.segments)
                lines(segment.lines);
            for (const auto& campaign : file.campaigns)
                steps(campaign.steps);
        }
        for (const auto& file : files)
            for (const auto& list : file.values)
                named(list);
    }

    void lines(const std::vector<ast::Condition>& all) {
        for (const auto& line : all)
            std::visit([this](const auto& what) { look(what); }, line.what);
    }

private:
    void steps(const std::vector<ast::Step>& all) {
        for (const auto& step : all) {
            const auto* branch = std::get_if<ast::Branch>(&step.what);
            if (branch == nullptr)
                continue;
            std::visit([this](const auto& what) { look(what); }, branch->condition.what);
            steps(branch->then);
            steps(branch->otherwise);
        }
    }

    void look(const ast::Group& group) { lines(group.lines); }
    void look(const ast::FieldTest& test) {
        const bool words = test.op <= ast::FieldOp::includes_none_of;  // the first eight compare whole words
        const bool part = test.op == ast::FieldOp::contains || test.op == ast::FieldOp::starts_with;
        const auto field = rules_.schema.field(test.field.text);
        if (!field || !(words || part))
            return;
        if (part)
            return judge_part(test, had(*field));
        if (test.values_name)
            uses_[dsl::fold(test.values_name->text)].insert(*field);
        for (const auto& value : test.values)
            if (const auto* quoted = std::get_if<ast::Quoted>(&value))
                judge(*quoted, had(*field), fmt::format("as `{}`", test.field.text));
    }
    void look(const ast::EventTest& test) {
        const auto event = rules_.schema.event(test.kind.text);
        if (event && test.name)
            judge(*test.name, had_event(*event), fmt::format("as the name of `{}`", test.kind.text));
    }
    template<class Other>
    void look(const Other&) {}

    /// A named list is judged once, where it stands, against all fields that use it.
    void named(const ast::Values& list) {
        const auto used = uses_.find(dsl::fold(list.name.text));
        if (used == uses_.end())
            return;
        Had all;
        for (const auto field : used->second)
            all.insert(had(field).begin(), had(field).end());
        for (const auto& value : list.values)
            judge(value, all, fmt::format("where \"{}\" is used", list.name.text));
    }

    void judge_part(const ast::FieldTest& test, const Had& had) {
        const bool prefix = test.op == ast::FieldOp::starts_with;
        const auto& value = std::get<ast::Quoted>(test.values.front());
        const auto holds = [&](const auto& one) {
            return prefix ? one.first.starts_with(dsl::fold(value.text))
                          : one.first.find(dsl::fold(value.text)) != one.first.npos;
        };
        if (!had.empty() && std::none_of(had.begin(), had.end(), holds))
            found_.push_back({dsl::diagnose("N0228",
                                            fmt::format("`{}` {} \"{}\" for nobody in the store", test.field.text,
                                                        prefix ? "starts with" : "contains", value.text),
                                            value.span)});
    }

    void judge(const ast::Quoted& value, const Had& had, const std::string& where) {
        if (had.empty() || had.contains(dsl::fold(value.text)))
            return;  // a column that is blank throughout says nothing about one value
        std::vector<std::string> known;
        for (const auto& [folded, shown] : had)
            known.push_back(folded);
        const auto near = dsl::nearest(dsl::fold(value.text), known);
        found_.push_back({dsl::diagnose("N0228", fmt::format("nobody in the store has \"{}\" {}", value.text, where),
                                        value.span, near ? fmt::format("did you mean \"{}\"?", had.at(*near)) : "")});
    }

    const Had& had(dsl::FieldIx ix) {
        auto [known, is_new] = fields_.try_emplace(ix);
        if (!is_new)
            return known->second;
        const auto& column = columns_.field(ix);
        std::vector<bool> somebody(column.dictionary.size());  // by code
        for (roster::Row row = 0; row < columns_.size() && column.kept == roster::FieldColumn::Kept::values; ++row) {
            if (column.codes || column.wide_codes)
                somebody[columns_.code(column, row)] = true;
            else if (column.items.rows() > 0)
                for (const auto code : column.items.of(row))
                    somebody[code] = true;
        }
        for (roster::Code code = 0; code < somebody.size(); ++code)
            if (somebody[code])
                add(known->second, column.dictionary, code);
        return known->second;
    }
    const Had& had_event(dsl::EventIx ix) {
        auto [known, is_new] = events_.try_emplace(ix);
        if (is_new && columns_.events(ix).kept == roster::EventColumn::Kept::each)
            for (roster::Row row = 0; row < columns_.size(); ++row)
                for (const auto& event : columns_.events(ix).events.of(row))
                    add(known->second, columns_.events(ix).names, event.name);
        return known->second;
    }
    static void add(Had& had, const roster::Dictionary& words, roster::Code code) {
        if (code != 0)
            had.emplace(words.folded(code), words.shown(code));
    }

    const dsl::Rules& rules_;
    const roster::Columns& columns_;
    std::vector<Lint>& found_;
    std::map<dsl::FieldIx, Had> fields_;
    std::map<dsl::EventIx, Had> events_;
    std::map<std::string, std::set<dsl::FieldIx>> uses_;  // of named lists
};

}  // namespace

void lint_values(const engine::State& state, std::vector<Lint>& found) { Values(state, found).run(); }

dsl::Diagnostics lint_typed_lines(const engine::State& state) {
    const auto& sources = state.rules->sources;
    dsl::Diagnostics said_before;
    std::vector<Lint> found;
    Values(state, found)
        .lines(dsl::parse_conditions(sources, static_cast<std::uint32_t>(sources.files.size() - 1), said_before));
    dsl::Diagnostics all;
    for (auto& lint : found)
        all.push_back(std::move(lint.diagnostic));
    return all;
}

}  // namespace nurture::forecast
