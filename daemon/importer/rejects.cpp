// SPDX-License-Identifier: MIT
#include "daemon/importer/rejects.hpp"

#include <algorithm>

namespace nurture::importer {
namespace {

std::string quoted(const std::string& text) {
    std::string cell = "\"";
    for (const char c : text) {
        cell += c;
        if (c == '"') {
            cell += '"';
        }
    }
    return cell + '"';
}

}  // namespace

void Rejects::open() {
    out_.open(path_, std::ios::binary | std::ios::trunc);
    std::error_code ignored;  // what counts is whether the rows can be written, below
    std::filesystem::permissions(path_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                 ignored);
    out_ << "line,reason," << header_ << '\n';
}

void Rejects::add(const Record& record, const std::string& column, const std::string& reason) {
    const auto same = std::find_if(tally_.begin(), tally_.end(), [&](const RejectReason& known) {
        return known.column == column && known.reason == reason;
    });
    if (same == tally_.end()) {
        tally_.push_back({reason, column, 1, record.line});
    } else {
        ++same->rows;
    }
    if (path_.empty()) {
        return;
    }
    if (!out_.is_open()) {
        open();
    }
    // A row that is no CSV stands there as one quoted cell.
    out_ << record.line << ',' << quoted(column.empty() ? reason : column + ": " + reason) << ','
         << (record.problem.empty() ? record.raw : quoted(record.raw)) << '\n';
    if (!out_) {
        throw base::FileError("cannot write " + path_.string() + ": is the disk full?");
    }
}

std::vector<RejectReason> Rejects::finish() {
    if (out_.is_open() && !out_.flush()) {
        throw base::FileError("cannot write " + path_.string() + ": is the disk full?");
    }
    std::stable_sort(tally_.begin(), tally_.end(), [](const auto& a, const auto& b) { return a.rows > b.rows; });
    return std::move(tally_);
}

}  // namespace nurture::importer
