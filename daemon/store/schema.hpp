// SPDX-License-Identifier: MIT
//
// The tables, as an ordered list of patches: version N is the result of the first N of them. A patch that was released
// is never edited again; changes are new patches. For this folder only.
#pragma once

#include <cstddef>
#include <span>

namespace nurture::store {

std::span<const char* const> schema_patches();

/// Marks a SQLite file as ours ("nurt"), so that another program's database is not taken for a store.
inline constexpr int k_application_id = 0x6e757274;

}  // namespace nurture::store
