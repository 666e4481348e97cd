// SPDX-License-Identifier: MIT
//
// What is shut until a person lets it go on: breakers of campaigns, holds of channels and of steps, channels without a
// way out. Reports that foresee nothing for it say so. Reads the store. Any thread with a database of its own; throws
// base::StoreError.
#pragma once

#include "daemon/store/database.hpp"
#include "dsl/rules.hpp"

#include <string>
#include <vector>

namespace nurture::forecast {

struct Held {
    std::string name;      // as `nurture resume` takes it: "Hello", "email", "Hello/guide"
    std::string campaign;  // empty: all campaigns, on that channel
    std::string step;      // empty: all steps
    std::string why;
    bool by_reload = false;  // no `nurture resume` but nurtured.toml, read again, lets it go on; `why` says so
};

/// Of these rules, by name; only of campaign `only` and the channels, where it is not empty.
std::vector<Held> held(const store::Database& database, const dsl::Rules& rules, const std::string& only = {});
/// "\"Hello\" sends nothing: 7 of 120 messages bounced (the limit is 5 %). Look into it, then `nurture resume …`."
std::string sentence(const Held& held);

}  // namespace nurture::forecast
