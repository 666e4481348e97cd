// SPDX-License-Identifier: MIT
//
// A campaign of everybody, for benchmarks of enrolments.
#pragma once

#include "daemon/base/time.hpp"
#include "dsl/rules.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace nurture::bench {

/// A Monday, 07:00 in Chicago: when it lets everybody in.
inline constexpr base::Minute k_check = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{13};

/// Whoever has the stage "Open" and consented to "job news" gets two emails, 40 days apart. `cap`: further lines of the
/// policy, or none. Says what is wrong and ends the program when they are no rules.
std::shared_ptr<const dsl::Rules> crowd_rules(const std::string& cap, std::size_t people);

}  // namespace nurture::bench
