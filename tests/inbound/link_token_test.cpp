// SPDX-License-Identifier: MIT
#include "daemon/inbound/link_token.hpp"

#include <catch2/catch.hpp>

using namespace nurture;

namespace {
constexpr auto k_link = inbound::Link::unsubscribe;
}

TEST_CASE("a token leads back to its message") {
    const auto token = inbound::link_token(k_link, "a key of the store", base::MessageId{812});
    CHECK(inbound::message_of_token(k_link, "a key of the store", token) == base::MessageId{812});
    CHECK(token.find_first_not_of("0123456789abcdef-") == std::string::npos);
}

TEST_CASE("a forged or mutilated token leads nowhere") {
    const std::string key = "a key of the store";
    const auto token = inbound::link_token(k_link, key, base::MessageId{812});
    CHECK_FALSE(inbound::message_of_token(k_link, "another key", token));
    CHECK_FALSE(inbound::message_of_token(k_link, key, "813" + token.substr(3)));
    CHECK_FALSE(inbound::message_of_token(k_link, key, "0" + token));
    CHECK_FALSE(inbound::message_of_token(k_link, key, "812-"));
    CHECK_FALSE(inbound::message_of_token(k_link, key, ""));
    for (std::size_t length = 0; length < token.size(); ++length)
        CHECK_FALSE(inbound::message_of_token(k_link, key, token.substr(0, length)));
}

TEST_CASE("a token for one page opens no other") {
    const std::string key = "a key of the store";
    const auto token = inbound::link_token(inbound::Link::preferences, key, base::MessageId{812});
    CHECK(inbound::message_of_token(inbound::Link::preferences, key, token) == base::MessageId{812});
    CHECK_FALSE(inbound::message_of_token(inbound::Link::unsubscribe, key, token));
    CHECK_FALSE(inbound::message_of_token(inbound::Link::renew_consent, key, token));
    CHECK_FALSE(inbound::message_of_token(inbound::Link::bounce, key, token));
    CHECK_FALSE(inbound::message_of_token(inbound::Link::delivery_report, key, token));
}
