// SPDX-License-Identifier: MIT
//
// From the store into columns: everybody at the start, in one pass per table, and people whose rows changed again. What
// this program sent itself becomes events too (received, clicked, replied …), so that rules see one history. The caller
// holds a read transaction where the answer must agree with other reads. Any one thread; throws StoreError.
#pragma once

#include "daemon/base/how_far.hpp"
#include "daemon/base/time.hpp"
#include "daemon/roster/columns.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/messages.hpp"
#include "dsl/rules.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace nurture::roster {

/// 0 for null: has no address.
AddressNumber address_number(const store::AddrKey* key);

/// Who listens while everybody is read; each may be empty.
struct Listeners {
    base::HowFar* way = nullptr;
    /// Each of a campaign's messages, whatever became of it, by id: so that their table is read once.
    std::function<void(const store::LedgerRow&)> message = {};
};

/// Suspensions and list memberships that are over at `now` do not count; later ends are in Columns::next_advance().
Columns load(const store::Database& database, const dsl::Rules& rules,
             std::span<const std::shared_ptr<const dsl::StepList>> older, base::Second now,
             const Listeners& listeners = {});

/// Reads people again, adds those who are new and empties those who were erased. The rows touched, ascending.
std::vector<Row> reread(Columns& columns, const store::Database& database, store::IdRange people, base::Second now);

}  // namespace nurture::roster
