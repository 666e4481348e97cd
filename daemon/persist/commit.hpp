// SPDX-License-Identifier: MIT
//
// T0: decisions become rows, each with its reason in the journal, one durable transaction per chunk. Decisions hold
// whole values, so a chunk that was written before a crash is decided and written again to the same effect. Only the
// holder of the engine lock may call it. One thread. Throws base::StoreError; then nothing of the chunk is written.
#pragma once

#include "daemon/engine/decisions.hpp"
#include "daemon/engine/state.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/enrolments.hpp"
#include "dsl/rules.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace nurture::persist {

class Committer {
public:
    struct Texts {
        /// A task's words for its person; empty: the rules' own words, without values.
        std::function<std::string(const engine::decision::Ask&)> task;
        /// Of the message that an approval is asked for: the hash of its text as it is now. Whoever says yes to another
        /// text is shown it first.
        std::function<std::optional<store::Hash>(const store::HumanStep&, base::Minute)> shown;
    };

    /// `rules` are those the decisions were made with, `rule_set` their row in the store.
    Committer(store::Database& database, std::shared_ptr<const dsl::Rules> rules, store::RuleSetId rule_set,
              engine::Settings settings, Texts texts = {});

    void commit(std::span<const engine::Decision> chunk);

private:
    store::Database& database_;
    std::shared_ptr<const dsl::Rules> rules_;
    store::RuleSetId rule_set_;
    engine::Settings settings_;
    Texts texts_;
};

}  // namespace nurture::persist
