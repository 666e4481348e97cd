// SPDX-License-Identifier: MIT
//
// docs/reasons.md is made from the table that the engine, the journal, status, why and the reports use.
#include "daemon/engine/reasons.hpp"
#include "tests/support/golden.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace nurture;
using engine::ReasonCode;

namespace {

constexpr auto k_last = static_cast<int>(ReasonCode::campaign_retired);

std::string rows(ReasonCode first, ReasonCode last) {
    std::string text = "| code | means |\n|---|---|\n";
    for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
        const auto reason = static_cast<ReasonCode>(i);
        text += "| `" + std::string(engine::code(reason)) + "` | " + std::string(engine::sentence(reason)) + " |\n";
    }
    return text + '\n';
}

std::string chapter() {
    using enum ReasonCode;
    std::string text =
        "# Reasons\n\n"
        "Everything that nurtured does, or does not do, has a reason with a code. The code is what the store, the "
        "journal,\n"
        "`--json` and the log hold, and it never changes its meaning; the words are what `nurture why`, `nurture "
        "status`,\n"
        "`nurture preview` and the report print. This chapter is made from the one table that all of them use.\n\n";
    text += "## Coming in\n\n" + rows(entered_at_check, pending_date);
    text += "## Going on\n\n" + rows(wait_begins, step_retired);
    text += "## Why a person or a message waits\n\n" + rows(not_started, not_known_yet);
    text += "## Why a step is left out\n\n" + rows(no_consent, human_reply);
    text += "## Why it is over for a person\n\n" + rows(completed, campaign_retired);
    text.pop_back();
    return text;
}

}  // namespace

TEST_CASE("the chapter on reasons is the table that everything uses") {
    const auto said = chapter();
    CHECK(said == support::golden("../../docs/reasons.md", said));
}

TEST_CASE("every reason has a code and words of its own, and is found by its code") {
    std::set<std::string_view> codes, sentences;
    for (int i = 1; i <= k_last; ++i) {
        const auto reason = static_cast<ReasonCode>(i);
        CHECK(codes.insert(engine::code(reason)).second);
        CHECK(sentences.insert(engine::sentence(reason)).second);
        CHECK(engine::find_reason(engine::code(reason)) == reason);
    }
}
