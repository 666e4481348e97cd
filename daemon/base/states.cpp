// SPDX-License-Identifier: MIT
//
// US states and territories and Canadian provinces that keep one time everywhere, by law and since 2020. Left out,
// because a line runs through them: AK AZ FL ID IN KS KY MI ND NE NV OR SD TN TX; BC NL NU ON QC SK.
#include "daemon/base/calendar.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace nurture::base {

namespace {

struct State {
    std::string_view code, name, zone;
};

constexpr State k_states[] = {
    {"al", "alabama", "America/Chicago"},
    {"ar", "arkansas", "America/Chicago"},
    {"ca", "california", "America/Los_Angeles"},
    {"co", "colorado", "America/Denver"},
    {"ct", "connecticut", "America/New_York"},
    {"dc", "district of columbia", "America/New_York"},
    {"de", "delaware", "America/New_York"},
    {"ga", "georgia", "America/New_York"},
    {"hi", "hawaii", "Pacific/Honolulu"},
    {"ia", "iowa", "America/Chicago"},
    {"il", "illinois", "America/Chicago"},
    {"la", "louisiana", "America/Chicago"},
    {"ma", "massachusetts", "America/New_York"},
    {"md", "maryland", "America/New_York"},
    {"me", "maine", "America/New_York"},
    {"mn", "minnesota", "America/Chicago"},
    {"mo", "missouri", "America/Chicago"},
    {"ms", "mississippi", "America/Chicago"},
    {"mt", "montana", "America/Denver"},
    {"nc", "north carolina", "America/New_York"},
    {"nh", "new hampshire", "America/New_York"},
    {"nj", "new jersey", "America/New_York"},
    {"nm", "new mexico", "America/Denver"},
    {"ny", "new york", "America/New_York"},
    {"oh", "ohio", "America/New_York"},
    {"ok", "oklahoma", "America/Chicago"},
    {"pa", "pennsylvania", "America/New_York"},
    {"ri", "rhode island", "America/New_York"},
    {"sc", "south carolina", "America/New_York"},
    {"ut", "utah", "America/Denver"},
    {"va", "virginia", "America/New_York"},
    {"vt", "vermont", "America/New_York"},
    {"wa", "washington", "America/Los_Angeles"},
    {"wi", "wisconsin", "America/Chicago"},
    {"wv", "west virginia", "America/New_York"},
    {"wy", "wyoming", "America/Denver"},
    {"as", "american samoa", "Pacific/Pago_Pago"},
    {"gu", "guam", "Pacific/Guam"},
    {"mp", "northern mariana islands", "Pacific/Saipan"},
    {"pr", "puerto rico", "America/Puerto_Rico"},
    {"vi", "virgin islands", "America/St_Thomas"},
    {"ab", "alberta", "America/Edmonton"},
    {"mb", "manitoba", "America/Winnipeg"},
    {"nb", "new brunswick", "America/Moncton"},
    {"ns", "nova scotia", "America/Halifax"},
    {"nt", "northwest territories", "America/Yellowknife"},
    {"pe", "prince edward island", "America/Halifax"},
    {"yt", "yukon", "America/Whitehorse"},
};

std::map<std::string_view, ZoneId> build_zones() {
    std::map<std::string_view, ZoneId> zones;
    for (const State& state : k_states)
        if (const auto zone = find_zone(state.zone)) {
            zones[state.code] = *zone;
            zones[state.name] = *zone;
        }
    return zones;
}

}  // namespace

std::optional<ZoneId> zone_of_state(std::string_view state) {
    static const std::map<std::string_view, ZoneId> zones = build_zones();
    std::string key(state.substr(0, 32));  // longer than any name, so that a strange cell costs nothing
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto known = zones.find(key);
    if (known == zones.end())
        return std::nullopt;
    return known->second;
}

}  // namespace nurture::base
