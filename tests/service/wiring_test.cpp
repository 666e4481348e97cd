// SPDX-License-Identifier: MIT
#include "daemon/service/wiring.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace nurture;

TEST_CASE("a gateway is asked to call back only at an address that it can reach") {
    const auto asked = [](config::Gateway gateway, const std::string& url, const std::string& public_url) {
        config::Config config;
        config.gateway = gateway;
        config.sms_url = url;
        config.public_url = public_url;
        return service::house(config).delivery_reports;
    };
    using config::Gateway;
    const std::string twilio = "https://api.twilio.com", kannel = "http://127.0.0.1:13013/cgi-bin/sendsms";
    CHECK(asked(Gateway::twilio, twilio, "https://talent.example.org"));
    CHECK_FALSE(asked(Gateway::twilio, twilio, "http://127.0.0.1:8466"));
    CHECK_FALSE(asked(Gateway::twilio, twilio, "https://localhost"));
    CHECK_FALSE(asked(Gateway::kannel, "https://sms.example/cgi-bin/sendsms", "http://[::1]:8466"));
    CHECK(asked(Gateway::kannel, kannel, "http://127.0.0.1:8466"));  // both on this machine
    CHECK_FALSE(asked(Gateway::file, "outbox", "https://talent.example.org"));
}
