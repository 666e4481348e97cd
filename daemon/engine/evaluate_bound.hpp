// SPDX-License-Identifier: MIT
//
// Conditions as the kernels want them: words as codes, open ends of ranges closed, campaigns as numbers, distances as
// sines. Inside of Evaluator.
#pragma once

#include "daemon/engine/evaluate.hpp"

#include <variant>

namespace nurture::engine::bound {

using dsl::ConditionIx;
using dsl::FieldIx;
using roster::Code;

/// A yes or no per code; codes beyond it are no.
class CodeSet {
public:
    void add(Code code);
    bool has(Code code) const { return code < in_.size() && in_[code] != 0; }
    std::span<const std::uint8_t> table() const { return in_; }

private:
    std::vector<std::uint8_t> in_;
};

struct TextIn {
    FieldIx field;
    std::vector<Code> codes;  // ascending
    CodeSet table;            // the same
};
struct TextContains {
    FieldIx field;
    std::string text;
    bool prefix;
    std::size_t known;  // codes below were looked at when it was bound, later ones are compared as text
    CodeSet codes;
    bool matches(std::string_view folded) const {
        return prefix ? folded.starts_with(text) : folded.find(text) != std::string_view::npos;
    }
};
struct ListHas {
    FieldIx field;
    bool all;
    std::vector<Code> codes;  // 0: a value that nobody can have
};
struct NumberRange {
    FieldIx field;
    double low, high;  // both included
};
struct Within {
    FieldIx field;
    double lat, lon;  // degrees
    double cos_lat;
    double lat_reach, lon_reach;  // degrees: a box around the circle
    double cos_least, cos_most;   // of the latitudes in that box
    double haversine;             // of the distance
    bool has(double lat2, double lon2) const;
};
struct Happened {
    dsl::EventIx event;
    bool named;
    Code name;     // if named: of the name or template
    Code channel;  // 0: any
    std::int32_t count;
    dsl::Since since;
};
struct InCampaign {
    std::size_t query;
};

using Condition =
    std::variant<dsl::cond::And, dsl::cond::Or, dsl::cond::Not, dsl::cond::Known, TextIn, TextContains, ListHas,
                 NumberRange, dsl::cond::YesNo, dsl::cond::DateBetween, dsl::cond::DateNear, dsl::cond::Anniversary,
                 Within, Happened, dsl::cond::InList, InCampaign, dsl::cond::Consent>;

inline constexpr double k_earth_radius = 6371008.8;  // metres, mean (IUGG)
double haversine(double lat1, double lon1, double lat2, double lon2, double cos_lat1);

/// Adds campaign queries that are new.
Condition bind(const dsl::Condition& condition, const roster::Columns& columns, std::vector<CampaignQuery>& queries);

}  // namespace nurture::engine::bound
