// SPDX-License-Identifier: MIT
//
// Names of things: row ids of the store, and 128-bit ids made by an IdSource. An IdSource is
// injected: random() in programs, seeded in tests, simulation and rehearsal, so that the same run makes the same ids.
// One thread per IdSource. random() throws FileError if the system gives no entropy.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace nurture::base {

// Row ids: they begin at 1, 0 is nobody.
using CandidateId = std::int64_t;
using EnrolmentId = std::int64_t;
using HumanStepId = std::int64_t;
using MessageId = std::int64_t;
using RuleSetId = std::int64_t;
using InboxSeq = std::int64_t;

/// An attempt, a lease, a store: unique without asking anybody.
struct UniqueId {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const UniqueId&, const UniqueId&) = default;
};
std::string hex(const UniqueId& id);

class IdSource {
public:
    static IdSource random();
    explicit IdSource(std::string_view seed);

    UniqueId next();

private:
    std::array<std::uint8_t, 32> key_{};
    std::uint64_t count_ = 0;
};

}  // namespace nurture::base
