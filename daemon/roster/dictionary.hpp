// SPDX-License-Identifier: MIT
//
// The distinct values of one column as numbers: equal as rules compare them (dsl::fold) means equal code. Code 0 is "no
// value". Codes are given in the order of first sight and never change. Same threads as Columns.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nurture::roster {

using Code = std::uint32_t;

class Dictionary {
public:
    /// The code of a value in any spelling, a new one if need be; 0 if it is blank.
    Code intern(std::string_view value);
    /// 0 if no spelling of the value has been seen.
    Code find(std::string_view value) const;

    /// One more than the largest code.
    std::size_t size() const { return folded_.size(); }
    std::string_view folded(Code code) const { return folded_[code]; }
    /// As it was first written with capitals, if it ever was.
    std::string_view shown(Code code) const { return shown_[code]; }

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    struct Seen {
        std::string spelling;
        Code code = 0;
    };
    static std::size_t place(std::string_view value);

    std::array<Seen, 64> seen_;  // lately: most columns have a few values that come again and again
    std::unordered_map<std::string, Code, Hash, std::equal_to<>>
        codes_;  // by every spelling seen; looked up, never walked
    std::vector<std::string> folded_{""};
    std::vector<std::string> shown_{""};
};

}  // namespace nurture::roster
