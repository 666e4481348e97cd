// SPDX-License-Identifier: MIT
#include "daemon/engine/evaluate_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace nurture::engine::bound {

namespace {

constexpr double k_radians = std::numbers::pi / 180;

double half_sine_squared(double radians) {
    const double sine = std::sin(radians / 2);
    return sine * sine;
}

class Binder {
public:
    Binder(const roster::Columns& columns, std::vector<CampaignQuery>& queries)
        : columns_(columns),
          queries_(queries) {}

    Condition operator()(const dsl::cond::TextIn& c) const {
        TextIn bound{c.field, codes(c.field, c.values), {}};
        std::erase(bound.codes, 0);  // no value: nobody has it
        for (const Code code : bound.codes)
            bound.table.add(code);
        return bound;
    }

    Condition operator()(const dsl::cond::TextContains& c) const {
        const roster::Dictionary& dictionary = columns_.field(c.field).dictionary;
        TextContains bound{c.field, c.text, c.prefix, dictionary.size(), {}};
        for (Code code = 1; code < dictionary.size(); ++code)
            if (bound.matches(dictionary.folded(code)))
                bound.codes.add(code);
        return bound;
    }

    Condition operator()(const dsl::cond::ListHas& c) const {
        return ListHas{c.field, c.all, codes(c.field, c.values)};
    }

    Condition operator()(const dsl::cond::NumberRange& c) const {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return NumberRange{c.field, c.low_open ? std::nextafter(c.low, infinity) : c.low,
                           c.high_open ? std::nextafter(c.high, -infinity) : c.high};
    }

    Condition operator()(const dsl::cond::Within& c) const {
        const double reach = std::min(c.metres / k_earth_radius, std::numbers::pi);
        const double cos_lat = std::cos(c.lat * k_radians);
        // A circle that holds a pole reaches round the globe. The margin is a metre or so: columns hold floats.
        const bool polar = std::abs(c.lat) * k_radians + reach >= std::numbers::pi / 2;
        const double lon_reach = polar ? 180 : std::asin(std::sin(reach) / cos_lat) / k_radians;
        const double south = std::cos(std::max(c.lat * k_radians - reach, -std::numbers::pi / 2)),
                     north = std::cos(std::min(c.lat * k_radians + reach, std::numbers::pi / 2));
        const double cos_most = std::abs(c.lat) * k_radians <= reach ? 1 : std::max(south, north);
        return Within{c.field,
                      c.lat,
                      c.lon,
                      cos_lat,
                      reach / k_radians + 1e-5,
                      lon_reach + 1e-5,
                      std::max(std::min(south, north) - 1e-6, 0.0),
                      cos_most + 1e-6,
                      half_sine_squared(reach)};
    }

    Condition operator()(const dsl::cond::Happened& c) const {
        const auto& named = c.message_template ? c.message_template : c.name;
        const Code name = named ? columns_.events(c.event).names.find(*named) : 0;
        const Code channel = !c.channel ? 0 : *c.channel == dsl::Channel::email ? 1 : 2;
        return Happened{c.event, named.has_value(), name, channel, c.count, c.since};
    }

    Condition operator()(const dsl::cond::InCampaign& c) const {
        const CampaignQuery query{c.campaign, c.is};
        const auto at = std::find(queries_.begin(), queries_.end(), query);
        const auto index = static_cast<std::size_t>(at - queries_.begin());
        if (at == queries_.end())
            queries_.push_back(query);
        return InCampaign{index};
    }

    template<typename Same>
    Condition operator()(const Same& condition) const {
        return condition;
    }

private:
    std::vector<Code> codes(FieldIx field, const std::vector<std::string>& values) const {
        std::vector<Code> codes;
        for (const std::string& value : values)
            codes.push_back(columns_.field(field).dictionary.find(value));
        std::sort(codes.begin(), codes.end());
        codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
        return codes;
    }

    const roster::Columns& columns_;
    std::vector<CampaignQuery>& queries_;
};

}  // namespace

void CodeSet::add(Code code) {
    if (in_.size() <= code)
        in_.resize(code + 1, 0);
    in_[code] = 1;
}

bool Within::has(double lat2, double lon2) const {
    constexpr double k_margin = 1e-9;  // far more than what is lost in rounding
    // Of half an angle t, whatever it is, t² (1 - t²/3) <= sin² t <= t²: a plane tells of nearly everybody.
    const double y = (lat2 - lat) * k_radians / 2, x = (lon2 - lon) * k_radians / 2;
    const double up = y * y, along = x * x * cos_lat;
    if (up + along * cos_most <= haversine * (1 - k_margin))
        return true;
    if ((up + along * cos_least) * (1 - std::max(x * x, y * y) / 3) > haversine * (1 + k_margin))
        return false;
    return bound::haversine(lat, lon, lat2, lon2, cos_lat) <= haversine;
}

double haversine(double lat1, double lon1, double lat2, double lon2, double cos_lat1) {
    return half_sine_squared((lat2 - lat1) * k_radians) +
           cos_lat1 * std::cos(lat2 * k_radians) * half_sine_squared((lon2 - lon1) * k_radians);
}

Condition bind(const dsl::Condition& condition, const roster::Columns& columns, std::vector<CampaignQuery>& queries) {
    return std::visit(Binder(columns, queries), condition);
}

}  // namespace nurture::engine::bound
