// SPDX-License-Identifier: MIT
//
// What the daemon says of itself: one line for systemd, a JSON document for `nurture status`. Numbers, names of
// campaigns and relays; no candidate. Loop thread.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/service/runner.hpp"

#include <memory>
#include <string>

namespace nurture::service {

/// "test mode; 4 campaigns; next wake Tue 3 Mar 2026 07:00 CST", or why nothing is sent.
std::string status_line(const config::Config& config, const Runner& runner, const std::string& rules_note);

std::string status_json(const store::Database& database, const config::Config& config, const Runner& runner,
                        const std::string& rules_note, base::Second now);

/// Compares the rules directory with what is live: "", "rules changed, not applied", or that they do not check.
std::string look_at_rules(const config::Config& config, const std::shared_ptr<const dsl::Rules>& live,
                          base::Second now);

}  // namespace nurture::service
