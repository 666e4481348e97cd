// SPDX-License-Identifier: MIT
#include "dsl/template.hpp"

#include <unicode/uloc.h>

namespace nurture::dsl {
namespace {

bool is_letter(char ch) { return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z'); }
char lower(char ch) { return ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch + ('a' - 'A')) : ch; }

}  // namespace

std::string language_code(std::string_view value) {
    const bool two_letters = value.size() >= 2 && is_letter(value[0]) && is_letter(value[1]);
    if (!two_letters || (value.size() > 2 && value[2] != '-' && value[2] != '_')) {
        return {};
    }
    return {lower(value[0]), lower(value[1])};
}

bool is_language(std::string_view code) {
    for (const char* const* known = uloc_getISOLanguages(); *known != nullptr; ++known) {
        if (code == *known) {
            return true;
        }
    }
    return false;
}

}  // namespace nurture::dsl
