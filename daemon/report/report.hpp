// SPDX-License-Identifier: MIT
//
// The preview as one HTML file that people decide by: when, who, what, in which words, who is left out, and what is
// different from the live rules. It opens from disk without a network, prints, and works on a phone and in the dark.
// Everything that comes from a candidate or an author is escaped; a Content-Security-Policy forbids all but the
// report's own script and style. Pure; any thread.
#pragma once

#include "daemon/forecast/plan.hpp"
#include "daemon/forecast/preview.hpp"
#include "dsl/rules.hpp"

#include <string>
#include <vector>

namespace nurture::report {

struct Material {
    const forecast::Plan& plan;
    const forecast::Preview& preview;  // with specimens
    const dsl::Rules& rules;
    std::string organisation;
    const dsl::SourceSet* live = nullptr;  // of the rules that are live; null: none are
    bool anonymous = false;  // nobody's data: messages are shown with the names of the fields in place of values
    std::vector<std::string> colleagues = {};  // ids of [people]: not named either, then
};

/// A whole document, UTF-8.
std::string to_html(const Material& material);

}  // namespace nurture::report
