// SPDX-License-Identifier: MIT
//
// PERSON on a command line: a ref, an email address or a phone number becomes a candidate; what does not exist, or fits
// several people, becomes a Failure that says what to type. One thread. Holds personal data: for the terminal only.
#pragma once

#include "daemon/store/candidates.hpp"
#include "daemon/store/database.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nurture::cli {

struct Person {
    store::CandidateId id = 0;
    std::string ref, name;  // the name may be empty
    bool erased = false;
    std::string shown() const { return name.empty() ? ref : ref + " (" + name + ")"; }
};

Person need_person(const store::Database& database, const std::string& text);
std::optional<Person> person(const store::Database& database, store::CandidateId id);

struct Address {
    store::Channel channel{};
    std::string canonical;
    store::AddrKey key{};
};
/// Nothing: it is neither an address nor a phone number.
std::optional<Address> address(const store::Database& database, const std::string& text);
/// The mailbox and phone of a person, as keys.
struct Keyed {
    store::Channel channel{};
    store::AddrKey key{};
};
std::vector<Keyed> addresses_of(const store::Database& database, store::CandidateId id);

}  // namespace nurture::cli
