// SPDX-License-Identifier: MIT
#include "daemon/roster/dictionary.hpp"

#include "dsl/schema.hpp"

namespace nurture::roster {

std::size_t Dictionary::place(std::string_view value) {
    const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(value[i])); };
    return (value.size() + at(0) * 3 + at(value.size() / 2) * 5 + at(value.size() - 1) * 7) % 64;
}

Code Dictionary::intern(std::string_view value) {
    if (value.empty())
        return 0;
    Seen& seen = seen_[place(value)];
    if (seen.spelling == value)
        return seen.code;
    if (const auto known = codes_.find(value); known != codes_.end()) {
        seen = {known->first, known->second};
        return known->second;
    }
    const std::string folded = dsl::fold(value);
    if (folded.empty())
        return 0;
    const auto [entry, is_new] = codes_.try_emplace(folded, static_cast<Code>(folded_.size()));
    const Code code = entry->second;
    if (is_new) {
        folded_.push_back(folded);
        shown_.emplace_back(value);
    }
    if (value != folded) {
        codes_.try_emplace(std::string(value), code);
        if (shown_[code] == folded)  // so far only known from a rule
            shown_[code] = value;
    }
    return code;
}

Code Dictionary::find(std::string_view value) const {
    auto known = codes_.find(value);
    if (known == codes_.end())
        known = codes_.find(dsl::fold(value));
    return known == codes_.end() ? 0 : known->second;
}

}  // namespace nurture::roster
