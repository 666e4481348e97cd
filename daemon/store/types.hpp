// SPDX-License-Identifier: MIT
//
// The words in which the store talks: ids, instants, keys, the values of a candidate's fields. Plain values, any
// thread. Every instant is Unix seconds, UTC; the engine's whole minutes convert to it without loss.
#pragma once

#include "connectors/message.hpp"
#include "daemon/base/hash.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/base/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nurture::store {

using base::CandidateId;
using base::EnrolmentId;
using base::HumanStepId;
using base::InboxSeq;
using base::MessageId;
using base::RuleSetId;
using AttemptId = base::UniqueId;
using Instant = base::Second;
using Hash = base::Digest;  // SHA-256
/// A mailbox or phone that cannot be read back: HMAC(pepper, channel + canonical address), made by connectors/address.
using AddrKey = std::array<std::uint8_t, 32>;
using connectors::Channel;

std::string_view to_text(Channel channel);  // "email", "sms": as stored

/// Candidates from `first` to `last`, both included; everybody by default.
struct IdRange {
    std::int64_t first = 1;
    std::int64_t last = std::numeric_limits<std::int64_t>::max();
    bool everybody() const { return first <= 1 && last == std::numeric_limits<std::int64_t>::max(); }
};

struct Place {
    double lat = 0, lon = 0;
    friend bool operator==(const Place&, const Place&) = default;
};

enum class ColumnType : std::uint8_t { text, list, number, date, yes_no, place };

/// A built-in or declared field. A list has no column of its own, its entries are rows of candidate_item.
struct ColumnDef {
    std::string name;
    ColumnType type = ColumnType::text;
    friend bool operator==(const ColumnDef&, const ColumnDef&) = default;
};
std::string_view to_text(ColumnType type);  // "text", "list of text", "number", "date", "yes or no", "place"

/// What a field holds; monostate is unknown. A list keeps the order of the file.
using Value = std::variant<std::monostate, std::string, double, bool, base::Day, Place, std::vector<std::string>>;

/// The value as it is stored and shown: "2026-03-01", "yes", "32.78,-96.8", "2.5", "ICU, CVICU"; empty for unknown.
std::string to_text(const Value& value);

/// "lat,lon" within ±90 and ±180.
std::optional<Place> parse_place(std::string_view text);

}  // namespace nurture::store
