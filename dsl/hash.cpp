// SPDX-License-Identifier: MIT
#include "dsl/hash.hpp"

#include <openssl/sha.h>

namespace nurture::dsl {

Hash sha256(std::string_view bytes) {
    Hash hash{};
    static_assert(sizeof(hash) == SHA256_DIGEST_LENGTH);
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash.data());
    return hash;
}

std::string hex(const Hash& hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(hash.size() * 2);
    for (const std::uint8_t byte : hash) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

}  // namespace nurture::dsl
