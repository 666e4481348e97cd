// SPDX-License-Identifier: MIT
//
// SHA-256, HMAC-SHA-256 and their hex form (OpenSSL), and a small mixer for what only has to be spread, not secret.
// Any thread. Aborts only if OpenSSL itself is broken.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nurture::base {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// Standard alphabet, padded (RFC 4648, section 4).
std::string base64(std::span<const std::uint8_t> bytes);
std::string hex(std::span<const std::uint8_t> bytes);
std::optional<std::string> from_hex(std::string_view hex);  // the bytes; nothing if it is not hex

/// Takes the same time wherever the first difference is.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Spreads two numbers over 64 bits, the same in every version and on every machine (splitmix64): splits and jitter.
std::uint64_t spread(std::uint64_t a, std::uint64_t b);

}  // namespace nurture::base
