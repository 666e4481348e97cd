// SPDX-License-Identifier: MIT
//
// Outcomes in words, for failing tests.
#pragma once

#include "connectors/outcome.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace Catch {

template<>
struct StringMaker<nurture::connectors::Answer> {
    static std::string convert(nurture::connectors::Answer answer) {
        constexpr const char* names[] = {"accepted", "deferred", "rejected", "in_doubt", "refused"};
        return names[static_cast<int>(answer)];
    }
};

template<>
struct StringMaker<nurture::connectors::Blame> {
    static std::string convert(nurture::connectors::Blame blame) {
        constexpr const char* names[] = {"none",           "address_dead", "opted_out",   "bare_550",   "mailbox_full",
                                         "rate_or_policy", "content",      "credentials", "connection", "no_smtputf8"};
        return names[static_cast<int>(blame)];
    }
};

}  // namespace Catch
