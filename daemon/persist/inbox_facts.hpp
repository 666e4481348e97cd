// SPDX-License-Identifier: MIT
//
// Inbox rows as the engine's facts. People a row speaks of are read again into the columns first, so that the columns
// are up to date when the engine hears of it. One thread, the one that owns the columns. Throws base::StoreError.
#pragma once

#include "daemon/engine/facts.hpp"
#include "daemon/persist/load.hpp"
#include "daemon/roster/columns.hpp"
#include "daemon/store/database.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace nurture::persist {

class InboxFacts {
public:
    /// Another rule set was applied: the state to go on with, or null to stay with the one that runs (the caller says
    /// why in its status).
    using OnApplied = std::function<std::shared_ptr<engine::State>()>;

    /// Whether the columns follow the store row by row, or were read just now and know all that the inbox tells: a
    /// forecast's, which nothing is added to and in which the forecast writes.
    enum class Columns : std::uint8_t { follow, know };

    InboxFacts(const store::Database& database, Setup setup, OnApplied on_applied, Columns columns = Columns::follow);

    /// What has come in after the cursor, up to a few thousand rows: call again until it is empty. After a row that
    /// applies another rule set nothing else is given out.
    engine::Facts after(base::InboxSeq cursor, const dsl::Rules& rules, roster::Columns& columns, Minute now) const;

private:
    const store::Database& database_;
    Setup setup_;
    OnApplied on_applied_;
    Columns columns_;
};

}  // namespace nurture::persist
