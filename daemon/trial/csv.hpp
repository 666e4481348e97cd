// SPDX-License-Identifier: MIT
//
// One cell of the small CSV files that a test makes for the importer (RFC 4180). Pure. Within daemon/trial only.
#pragma once

#include <string>
#include <string_view>

namespace nurture::trial {

inline std::string csv_cell(std::string_view text) {
    std::string cell = "\"";
    for (const char c : text)
        cell.append(c == '"' ? 2 : 1, c);
    return cell + '"';
}

}  // namespace nurture::trial
