// SPDX-License-Identifier: MIT
#include "daemon/inbound/unsubscribe_token.hpp"

#include <catch2/catch.hpp>

using namespace nurture;

TEST_CASE("an unsubscribe token leads back to its message") {
    const auto token = inbound::unsubscribe_token("a key of the store", base::MessageId{812});
    CHECK(inbound::message_of_token("a key of the store", token) == base::MessageId{812});
    CHECK(token.find_first_not_of("0123456789abcdef-") == std::string::npos);
}

TEST_CASE("a forged or mutilated unsubscribe token leads nowhere") {
    const std::string key = "a key of the store";
    const auto token = inbound::unsubscribe_token(key, base::MessageId{812});
    CHECK_FALSE(inbound::message_of_token("another key", token));
    CHECK_FALSE(inbound::message_of_token(key, "813" + token.substr(3)));
    CHECK_FALSE(inbound::message_of_token(key, "0" + token));
    CHECK_FALSE(inbound::message_of_token(key, "812-"));
    CHECK_FALSE(inbound::message_of_token(key, ""));
    for (std::size_t length = 0; length < token.size(); ++length)
        CHECK_FALSE(inbound::message_of_token(key, token.substr(0, length)));
}
