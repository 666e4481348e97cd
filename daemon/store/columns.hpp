// SPDX-License-Identifier: MIT
//
// The column of a field, quoted, for this folder only. A declared field that is called as one of the table's own
// columns
// (`part`, `id` …) gets `_field` behind its name.
#pragma once

#include <string>
#include <string_view>

namespace nurture::store {

std::string quoted_column(std::string_view field);

}  // namespace nurture::store
