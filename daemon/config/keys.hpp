// SPDX-License-Identifier: MIT
//
// The one table of nurtured.toml's keys. Used inside daemon/config only. `set` gets the value already converted to the
// row's type; it returns what is wrong with it, as half a sentence after the key's name, or nothing.
#pragma once

#include "daemon/config/config.hpp"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace nurture::config {

enum class KeyType : std::uint8_t { text, whole_number, share, text_list, secret };  // share: "1%", or a number
using KeyValue = std::variant<std::string, std::int64_t, std::vector<std::string>, Secret>;

struct Key {
    const char* section;
    const char* name;
    KeyType type;
    bool mandatory;
    const char* sample;  // a TOML value for the sample file; empty: the line is shown commented out with `fallback`
    const char* fallback;
    const char* doc;
    std::string (*set)(Config&, const KeyValue&);
};

struct Section {
    const char* name;
    const char* doc;
    bool repeated = false;  // [[name]], each one adding to a list; none in the sample
};

std::span<const Key> keys();
std::span<const Section> sections();

}  // namespace nurture::config
