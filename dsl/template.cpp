// SPDX-License-Identifier: MIT
#include "dsl/template.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>

namespace nurture::dsl {
namespace {

// GSM 03.38: the non-ASCII characters of the basic table, and the extension table, whose characters take an escape
// septet as well. ASCII is in the basic table except for what stands in k_extension and the grave accent.
constexpr std::array<UChar32, 39> k_basic = {
    0x00A3, 0x00A5, 0x00E8, 0x00E9, 0x00F9, 0x00EC, 0x00F2, 0x00C7, 0x00D8, 0x00F8, 0x00C5, 0x00E5, 0x0394,
    0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8, 0x03A3, 0x0398, 0x039E, 0x00C6, 0x00E6, 0x00DF, 0x00C9,
    0x00A4, 0x00A1, 0x00C4, 0x00D6, 0x00D1, 0x00DC, 0x00A7, 0x00BF, 0x00E4, 0x00F6, 0x00F1, 0x00FC, 0x00E0};
constexpr std::array<UChar32, 10> k_extension = {'\f', '^', '{', '}', '\\', '[', '~', ']', '|', 0x20AC};

template<std::size_t N>
bool in(const std::array<UChar32, N>& table, UChar32 c) {
    return std::find(table.begin(), table.end(), c) != table.end();
}

/// Septets of one character, 0 when the alphabet does not have it.
int septets(UChar32 c) {
    if (in(k_extension, c)) {
        return 2;
    }
    if (c < 0x80) {
        return (c >= 0x20 && c != '`' && c != 0x7F) || c == '\n' || c == '\r' ? 1 : 0;
    }
    return in(k_basic, c) ? 1 : 0;
}

/// Characters packed into segments: one that takes two units is never cut in two.
struct Packing {
    int single;  // units that fit when there is only one segment
    int part;    // units that fit into each of several
    int units = 0;
    int segments = 1;
    int used = 0;

    void add(int needs) {
        units += needs;
        if (used + needs > part) {
            ++segments;
            used = 0;
        }
        used += needs;
    }
    SmsSize size(bool ucs2) const { return {ucs2, units <= single ? 1 : segments, units}; }
};

bool letter_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

}  // namespace

bool is_sms_sender(std::string_view text) {
    constexpr std::size_t k_shortest_number = 7, k_longest_number = 15;  // digits (E.164)
    constexpr std::size_t k_shortest_code = 3, k_longest_code = 8;
    constexpr std::size_t k_longest_name = 11;  // characters (3GPP TS 23.040, 9.1.2.5)
    constexpr std::size_t k_service = 34;       // characters of a Twilio SID
    const std::size_t size = text.size();
    if (text.starts_with('+')) {
        return size > k_shortest_number && size <= k_longest_number + 1 && digits(text.substr(1));
    }
    if (digits(text)) {
        return size >= k_shortest_code && size <= k_longest_code;
    }
    if (text.starts_with("MG") && size == k_service) {
        return std::all_of(text.begin(), text.end(), letter_or_digit);
    }
    return size <= k_longest_name && text.front() != ' ' && text.back() != ' ' &&
           std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || letter_or_digit(c); });
}

SmsSize sms_size(std::string_view utf8) {
    Packing gsm{160, 153};
    Packing utf16{70, 67};
    bool ucs2 = false;
    const auto size = static_cast<std::int32_t>(std::min<std::size_t>(utf8.size(), INT32_MAX));
    for (std::int32_t i = 0; i < size;) {
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(utf8.data(), i, size, c);
        ucs2 = ucs2 || septets(c) == 0;
        gsm.add(septets(c));
        utf16.add(c > 0xFFFF ? 2 : 1);
    }
    return ucs2 ? utf16.size(true) : gsm.size(false);
}

}  // namespace nurture::dsl
