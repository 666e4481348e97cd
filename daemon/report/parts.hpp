// SPDX-License-Identifier: MIT
//
// The parts of the page, each a <section>. Within daemon/report only.
#pragma once

#include "daemon/report/report.hpp"

#include <string>

namespace nurture::report {

std::string calendar(const forecast::Preview& preview);
std::string audiences(const Material& material);
std::string campaigns(const Material& material);
std::string letters(const Material& material);
std::string left_out(const forecast::Preview& preview);
std::string work(const forecast::Preview& preview);

/// A line of a rule file with its words coloured; already escaped.
std::string coloured(std::string_view line);
/// The steps of one campaign with the number of people on each way.
std::string flow(const Material& material, const dsl::Campaign& campaign);

}  // namespace nurture::report
