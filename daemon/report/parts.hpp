// SPDX-License-Identifier: MIT
//
// The parts of the page, each a <section>. Within daemon/report only.
#pragma once

#include "daemon/report/report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nurture::report {

std::string at_a_glance(const Material& material);
std::string calendar(const forecast::Preview& preview);
std::string against_live(const Material& material);
std::string campaigns(const Material& material);
std::string letters(const Material& material);
std::string audiences(const Material& material);
std::string work(const Material& material);
std::string delivery(const Material& material);
std::string left_out(const forecast::Preview& preview);

/// A line of a rule file with its words coloured; already escaped.
std::string coloured(std::string_view line);
/// The steps of one campaign with the number of people on each way.
std::string flow(const Material& material, const dsl::Campaign& campaign);

/// Bars by day, one on the other.
struct Series {
    std::string_view name, look;  // look: a, b or c; of charts
    std::int64_t forecast::Counts::*number;
};
std::string day_chart(const forecast::Preview& preview, const forecast::Days& by_day, const std::vector<Series>& series,
                      std::string_view about);
/// The same as a table, folded up.
std::string day_table(const forecast::Preview& preview, const forecast::Days& by_day,
                      const std::vector<Series>& series);

/// A colleague's id, and rule text with such ids: as they are, or, where nobody is named, with a stand-in.
std::string colleague(const Material& material, const std::string& id);
std::string shown(const Material& material, std::string_view rule_text);

/// Null: not in this forecast.
const forecast::CampaignPreview* forecast_of(const forecast::Preview& preview, const std::string& name);

}  // namespace nurture::report
