// SPDX-License-Identifier: MIT
#include "connectors/factory.hpp"

#include "tests/connectors/recording_gate.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace nurture::connectors;
using nurture::test::RecordingGate;

namespace {

std::string refusal(const ConnectorConfig& config) {
    RecordingGate gate;
    std::string problem;
    return make_connector(config, gate, problem) ? "made" : problem;
}

ConnectorConfig kannel(const std::string& url) {
    ConnectorConfig config;
    config.kind = "kannel";
    config.url = url;
    return config;
}

}  // namespace

TEST_CASE("the relay line of nurtured.toml names its connector") {
    CHECK(relay_config("smtp://relay.example:587").kind == "smtp");
    CHECK(relay_config("smtps://relay.example").kind == "smtp");
    CHECK(relay_config("file:/var/spool/out").kind == "file");
    CHECK(relay_config("file:/var/spool/out").directory == "/var/spool/out");
    CHECK(refusal(relay_config("file:/tmp/never-written")) == "made");
    CHECK(refusal(relay_config("smtp://relay.example:587")) == "made");
    CHECK(refusal(relay_config("ftp://relay.example")) == "there is no connector ``");
}

TEST_CASE("a configuration that would show names, texts or passwords to the network is refused") {
    ConnectorConfig relay = relay_config("smtp://relay.example:25");
    relay.starttls = StartTls::never;
    CHECK_THAT(refusal(relay), Catch::Contains("is for a relay on this machine only"));
    relay.url = "smtp://127.0.0.1:2525";
    CHECK(refusal(relay) == "made");
    relay.url = "smtp://127.evil.example:25";
    CHECK_THAT(refusal(relay), Catch::Contains("is for a relay on this machine only"));
    CHECK_THAT(refusal(kannel("http://sms.example/cgi-bin/sendsms")), Catch::Contains("needs https://"));
    CHECK(refusal(kannel("https://sms.example/cgi-bin/sendsms")) == "made");
    CHECK(refusal(kannel("http://[::1]:13013/cgi-bin/sendsms")) == "made");
}

TEST_CASE("a URL that is none, or carries a password, is refused with what to write") {
    CHECK_THAT(refusal(kannel("sms.example")), Catch::Contains("must begin with http:// or https://"));
    CHECK_THAT(refusal(kannel("http:///x")), Catch::Contains("names no host"));
    CHECK_THAT(refusal(kannel("https://user:secret@sms.example/")), Catch::Contains("lines of their own"));
    CHECK_THAT(refusal(kannel("https://user:secret@sms.example/")), !Catch::Contains("secret"));
}

TEST_CASE("each channel has its kinds of connectors") {
    CHECK(connector_kinds(Channel::email) == std::vector<std::string>{"smtp", "file"});
    CHECK(connector_kinds(Channel::sms) == std::vector<std::string>{"file", "kannel", "twilio"});
}
