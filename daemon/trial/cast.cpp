// SPDX-License-Identifier: MIT
// `given`: people come into the store as they always do, from a file; of those that stand in the test itself one is
// made.
#include "daemon/importer/csv_reader.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/trial/csv.hpp"
#include "daemon/trial/stage.hpp"
#include "dsl/codes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nurture::trial {
namespace {

namespace ast = dsl::ast;

/// Beside the rule file, or at the top of the rules.
std::filesystem::path find_file(const Setting& setting, const ast::Quoted& name) {
    const auto& rule_file = setting.rules->sources.files[name.span.file].path;
    const auto beside = setting.directory / std::filesystem::path(rule_file).parent_path() / name.text;
    std::error_code missing;
    return std::filesystem::exists(beside, missing) ? beside : setting.directory / name.text;
}

/// The header of the file and the row of that person.
std::string row_of(const Setting& setting, const ast::Given& given) {
    const auto path = find_file(setting, *given.file);
    std::error_code missing;
    if (!std::filesystem::is_regular_file(path, missing))
        throw Problem{dsl::diagnose("N0804", fmt::format("there is no file {}", given.file->text), given.file->span,
                                    "it is looked for beside this rule file")};
    importer::CsvReader reader(path);
    importer::Record header, row;
    std::size_t ref = 0;
    if (reader.next(header))
        while (ref < header.cells.size() && dsl::fold(header.cells[ref]) != "ref")
            ++ref;
    while (ref < header.cells.size() && reader.next(row))
        if (row.cells.size() > ref && row.cells[ref] == given.candidate.text)
            return header.raw + "\n" + row.raw + "\n";
    throw Problem{dsl::diagnose("N0804",
                                fmt::format("{} has no row for \"{}\"", given.file->text, given.candidate.text),
                                given.candidate.span, "no `ref` says so")};
}

struct ValueText {
    std::string operator()(const ast::Quoted& v) const { return v.text; }
    std::string operator()(const ast::Number& v) const { return fmt::format("{}", v.value); }
    std::string operator()(const ast::Date& v) const { return base::format_day(base::Day(v.value)); }
};

std::string row_of(const ast::Given& given) {
    std::string names = "ref", cells = csv_cell(given.candidate.text);
    for (const auto& field : given.fields) {
        std::vector<std::string> entries;
        for (const auto& value : field.values)
            entries.push_back(std::visit(ValueText{}, value));
        names += ',' + field.field.text;
        cells += ',' + csv_cell(field.yes ? (*field.yes ? "yes" : "no") : fmt::format("{}", fmt::join(entries, ";")));
    }
    for (const auto& consent : given.consents) {
        names += ',' + csv_cell("consent:" + consent.name.text);
        cells += consent.op == ast::ConsentOp::given ? ",given" : ",withdrawn";
    }
    return names + "\n" + cells + "\n";
}

}  // namespace

void bring_in(Stage& stage, const ast::Given& given) {
    const auto csv = given.file ? row_of(stage.setting(), given) : row_of(given);
    stage.import(csv, importer::What::candidates, false, given.span);
    stage.cast(given.candidate.text, given.span);
    store::Transaction transaction(stage.database());
    for (const auto& list : given.lists)
        store::add_list_member(stage.database(),
                               {stage.people().at(given.candidate.text),
                                stage.rules().schema.lists[*stage.rules().schema.list(list.name.text)], stage.now(),
                                std::nullopt});
    transaction.commit();
}

}  // namespace nurture::trial
