// SPDX-License-Identifier: MIT
//
// What the store holds in one field: how many people have a value, and the values that most have. One pass over the
// column, so for people who ask, not for loops. Threads and errors as in database.hpp.
#pragma once

#include "daemon/store/database.hpp"

#include <string>
#include <vector>

namespace nurture::store {

struct Census {
    std::int64_t people = 0;  // with a value; erased ones aside
    struct Common {
        std::string value;  // as most write it
        std::int64_t people = 0;
    };
    std::vector<Common> commonest;  // most first; capitals do not matter
};

/// `most` values, and only those that at least `shared_by` people have: what few have may say who they are. Numbers,
/// dates and places are counted, not listed. `most` 0: only counted.
Census census(const Database& database, const ColumnDef& field, int most, int shared_by);

}  // namespace nurture::store
