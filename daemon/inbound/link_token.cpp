// SPDX-License-Identifier: MIT
#include "daemon/inbound/link_token.hpp"

#include "daemon/base/hash.hpp"

#include <charconv>

namespace nurture::inbound {
namespace {

constexpr std::size_t k_proof_digits = 32;  // 128 bits in hex

std::string proof(Link link, std::string_view key, std::string_view id) {
    // The words keep the uses of the key apart from each other, and from every other use.
    constexpr std::string_view k_words[] = {
        "unsubscribe:", "preferences:", "renew-consent:", "bounce:", "delivery-report:"};
    const std::string text = std::string(k_words[static_cast<std::size_t>(link)]).append(id);
    return base::hex(base::hmac_sha256(key, text)).substr(0, k_proof_digits);
}

}  // namespace

std::string link_token(Link link, std::string_view key, base::MessageId message) {
    const auto id = std::to_string(message);
    return id + "-" + proof(link, key, id);
}

std::optional<base::MessageId> message_of_token(Link link, std::string_view key, std::string_view token) {
    const auto dash = token.find('-');
    if (dash == std::string_view::npos)
        return std::nullopt;
    const auto id = token.substr(0, dash);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    // Only the canonical digits: "007" is not 7, so that one message has one token.
    if (error != std::errc() || end != id.data() + id.size() || std::to_string(number) != id)
        return std::nullopt;
    if (!base::equal_in_constant_time(proof(link, key, id), token.substr(dash + 1)))
        return std::nullopt;
    return number;
}

}  // namespace nurture::inbound
