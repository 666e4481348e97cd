// SPDX-License-Identifier: MIT
//
// Enumerators as the store spells them, for this folder only: a table of names in the enumerators' order.
#pragma once

#include "daemon/base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace nurture::store {

template<class Enum, std::size_t n>
std::string_view name_of(const std::string_view (&names)[n], Enum value) {
    return names[static_cast<std::size_t>(value)];
}

template<class Enum, std::size_t n>
Enum named(const std::string_view (&names)[n], std::string_view text) {
    for (std::size_t i = 0; i < n; ++i) {
        if (names[i] == text) {
            return static_cast<Enum>(i);
        }
    }
    throw base::StoreError("the store holds the word `" + std::string(text) + "`, which this program does not know");
}

}  // namespace nurture::store
