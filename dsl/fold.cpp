// SPDX-License-Identifier: MIT
#include "dsl/schema.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

bool is_ascii_blank(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

void append_code_point(std::string& text, UChar32 c) {
    char bytes[U8_MAX_LENGTH];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, c);
    text.append(bytes, static_cast<std::size_t>(length));
}

/// Appends folded characters; a run of blanks becomes one, and only when something follows.
class Folder {
public:
    explicit Folder(std::size_t size) { folded_.reserve(size); }
    void blank() { blank_ = !folded_.empty(); }
    void ascii(unsigned char c) {
        gap();
        folded_ += static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    void character(UChar32 c) {
        if (u_isUWhiteSpace(c) != 0) {
            return blank();
        }
        gap();
        append_code_point(folded_, u_foldCase(c, U_FOLD_CASE_DEFAULT));
    }
    std::string take() { return std::move(folded_); }

private:
    void gap() {
        if (blank_) {
            folded_ += ' ';
        }
        blank_ = false;
    }
    std::string folded_;
    bool blank_ = false;
};

}  // namespace

std::string fold(std::string_view value) {
    Folder folder(value.size());
    const auto size = static_cast<std::int32_t>(std::min<std::size_t>(value.size(), INT32_MAX));
    for (std::int32_t i = 0; i < size;) {
        const auto c = static_cast<unsigned char>(value[static_cast<std::size_t>(i)]);
        if (c < 0x80) {  // nearly every character of nearly every file
            is_ascii_blank(c) ? folder.blank() : folder.ascii(c);
            ++i;
            continue;
        }
        UChar32 character = 0;
        U8_NEXT_OR_FFFD(value.data(), i, size, character);
        folder.character(character);
    }
    return folder.take();
}

}  // namespace nurture::dsl
