// SPDX-License-Identifier: MIT
#include "daemon/importer/header.hpp"

#include "daemon/importer/cells.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nurture::importer {
namespace {

constexpr std::string_view k_consent = "consent:";
constexpr std::size_t k_shown_columns = 20;

/// A header that is one cell with other separators in it: said, not guessed, since `;` also separates list entries.
void check_delimiter(const Record& record, const std::string& file) {
    if (record.cells.size() != 1) {
        return;
    }
    constexpr std::pair<char, const char*> k_others[] = {{';', "semicolons"}, {'\t', "tabs"}, {'|', "bars"}};
    for (const auto& [other, called] : k_others) {
        if (record.cells[0].find(other) != std::string::npos) {
            throw ImportError(
                fmt::format("{}: the columns are separated by {}. Save the file with commas between its columns "
                            "(in a spreadsheet: \"CSV UTF-8, comma delimited\") and import it again",
                            file, called));
        }
    }
}

void check_encoding(const Record& record, const std::string& file) {
    if (record.raw.starts_with("\xFF\xFE") || record.raw.starts_with("\xFE\xFF")) {
        throw ImportError(file + ": the file is UTF-16. Save it as \"CSV UTF-8\" and import it again");
    }
}

void check_text(const Record& record, const std::string& file) {
    if (!record.problem.empty()) {
        throw ImportError(fmt::format("{}:{}: the header row cannot be read: {}", file, record.line, record.problem));
    }
    for (const auto& cell : record.cells) {
        if (const auto problem = problem_of(cell); !problem.empty()) {
            throw ImportError(fmt::format("{}:{}: the header row cannot be read: {}", file, record.line, problem));
        }
    }
}

}  // namespace

Header::Header(const Record& record, const ImportMap& map, const std::filesystem::path& file)
    : map_(map),
      file_(file.filename().string()) {
    check_encoding(record, file_);
    check_delimiter(record, file_);
    check_text(record, file_);
    for (const auto& cell : record.cells) {
        names_.emplace_back(trimmed(cell));
        folded_.push_back(dsl::fold(cell));
        const bool twice = !folded_.back().empty() && std::count(folded_.begin(), folded_.end(), folded_.back()) > 1;
        if (twice) {
            throw ImportError(
                fmt::format("{}: two columns are called `{}`: rename or remove one of them", file_, names_.back()));
        }
    }
    used_.resize(names_.size());
}

std::optional<std::size_t> Header::position(std::string_view name) const {
    const auto found = std::find(folded_.begin(), folded_.end(), dsl::fold(name));
    return found == folded_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - folded_.begin()));
}

std::string Header::all() const {
    const auto shown = std::min(names_.size(), k_shown_columns);
    return fmt::format("{}{}", fmt::join(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                       shown < names_.size() ? " …" : "");
}

std::optional<Column> Header::find(std::string_view name) {
    asked_.emplace_back(name);
    const auto mapped = map_.find(std::string(name));
    const bool renamed = mapped != map_.end() && !mapped->second.column.empty();
    const auto cell = position(renamed ? std::string_view(mapped->second.column) : name);
    if (!cell && renamed) {
        throw ImportError(
            fmt::format("{}: the map says that `{}` is the column `{}`, and the file has none of that name. Its "
                        "columns: {}",
                        file_, name, mapped->second.column, all()));
    }
    if (!cell) {
        return std::nullopt;
    }
    used_[*cell] = true;
    return Column{*cell, std::string(name), mapped == map_.end() ? nullptr : &mapped->second.values};
}

Column Header::require(std::string_view name) {
    if (auto column = find(name)) {
        return *column;
    }
    throw ImportError(
        fmt::format("{}: there is no column `{}`. Its columns: {}. If one of them is meant, say so in a map (--map "
                    "MAP.toml):\n\n    [{}]\n    column = \"{}\"\n",
                    file_, name, all(), name, names_.empty() ? "…" : names_.front()));
}

std::vector<Column> Header::consents() {
    std::vector<std::string> wanted;
    for (const auto& [name, mapped] : map_) {
        if (name.starts_with(k_consent)) {
            wanted.push_back(name);
        }
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (folded_[i].starts_with(k_consent) && !used_[i]) {
            wanted.push_back(names_[i]);
        }
    }
    std::vector<Column> found;
    for (const auto& name : wanted) {
        auto column = find(name);
        const bool twice = column && std::any_of(found.begin(), found.end(),
                                                 [&](const Column& other) { return other.cell == column->cell; });
        if (column && !twice) {
            column->name = std::string(trimmed(std::string_view(name).substr(k_consent.size())));
            found.push_back(std::move(*column));
        }
    }
    return found;
}

std::vector<std::string> Header::skipped() const {
    for (const auto& [name, mapped] : map_) {
        if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
            throw ImportError(
                fmt::format("the map names `{}`, which is no field of the rules and no column of such a file", name));
        }
    }
    std::vector<std::string> left;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (!used_[i] && !names_[i].empty()) {
            left.push_back(names_[i]);
        }
    }
    return left;
}

}  // namespace nurture::importer
