// SPDX-License-Identifier: MIT
//
// What is different between two rule sets, campaign by campaign, in words. Within daemon/forecast only. Pure.
#pragma once

#include "dsl/rules.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nurture::forecast {

using TemplateName = std::pair<dsl::Channel, std::string>;

/// Templates that steps of the list may send.
std::set<TemplateName> templates_of(const dsl::StepList& steps, std::size_t from = 0);
/// The text of a template in `now` is not what it is in `then`, or is new.
bool text_changed(const dsl::Rules& then, const dsl::Rules& now, const TemplateName& name);

struct Differences {
    std::vector<std::string> words;  // "steps", "window", "text of \"icu-hello\""
    bool of_what_is_sent = false;    // steps or texts: what a canary is for
    bool any() const { return !words.empty(); }
};
Differences compare(const dsl::Rules& then, const dsl::Campaign& before, const dsl::Rules& now,
                    const dsl::Campaign& after);

}  // namespace nurture::forecast
