// SPDX-License-Identifier: MIT
//
// Names of things: row ids of the store as distinct types, and 128-bit ids made by an IdSource. An IdSource is
// injected: random() in programs, seeded in tests, simulation and rehearsal, so that the same run makes the same ids.
// One thread per IdSource. random() throws FileError if the system gives no entropy.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace nurture::base {

enum class CandidateId : std::int64_t {};
enum class EnrolmentId : std::int64_t {};
enum class MessageId : std::int64_t {};
enum class HumanStepId : std::int64_t {};
enum class RuleSetId : std::int64_t {};
enum class InboxSeq : std::int64_t {};

/// The number in the database.
template<typename Id>
constexpr std::int64_t number(Id id) {
    static_assert(std::is_enum_v<Id>);
    return static_cast<std::int64_t>(id);
}

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
