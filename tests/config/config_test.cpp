// SPDX-License-Identifier: MIT
#include "daemon/config/config.hpp"
#include "daemon/config/import_map.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

using namespace nurture;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

config::Loaded parsed(const std::string& text) { return config::parse(text, "/etc/nurtured/nurtured.toml"); }

std::string problems(const std::string& text) {
    const auto loaded = parsed(text);
    REQUIRE_FALSE(loaded.config);
    REQUIRE_FALSE(loaded.diagnostics.empty());
    std::string all;
    for (const auto& diagnostic : loaded.diagnostics)
        all += dsl::render(diagnostic, loaded.source);
    return all;
}

}  // namespace

TEST_CASE("the sample file that init writes is valid, in test mode, and drops mail as files") {
    const auto loaded = parsed(config::sample_text());
    for (const auto& diagnostic : loaded.diagnostics)
        UNSCOPED_INFO(dsl::render(diagnostic, loaded.source));
    REQUIRE(loaded.config);
    CHECK_FALSE(loaded.config->live);
    CHECK(loaded.config->relay == "file:/etc/nurtured/outbox");
    CHECK(loaded.config->store_path == "/etc/nurtured/nurtured.db");
    CHECK(loaded.config->person("dana.wu")->name == "Dana Wu");
    CHECK(loaded.config->email_per_minute == 600);
}

TEST_CASE("an unknown key is an error on its line with the nearest key") {
    const auto text = problems(replaced(config::sample_text(), "from_domains = ", "from_domain = "));
    CHECK(text.find("there is no key called `from_domain`") != std::string::npos);
    CHECK(text.find("did you mean `from_domains`?") != std::string::npos);
    CHECK(text.find("nurtured.toml:") != std::string::npos);
}

TEST_CASE("an unknown section is an error that lists the sections") {
    const auto text = problems(config::sample_text() + "\n[emial]\nrelay = \"x\"\n");
    CHECK(text.find("there is no section called `emial`") != std::string::npos);
    CHECK(text.find("did you mean `email`?") != std::string::npos);
}

TEST_CASE("a missing key says what to write") {
    const auto text = problems(replaced(config::sample_text(), "from_domains = [\"lonestar.example\"]\n", ""));
    CHECK(text.find("`from_domains` is missing in [email]") != std::string::npos);
    CHECK(text.find("Write:   from_domains = [\"lonestar.example\"]") != std::string::npos);
}

TEST_CASE("campaigns may name the senders of text messages that are listed, and the usual one") {
    const auto loaded = parsed(replaced(config::sample_text(), "#senders = ", "senders = "));
    REQUIRE(loaded.config);
    CHECK(loaded.config->all_sms_senders() ==
          std::vector<std::string>{"+15125550100", "+15125550111", "77007", "LoneStar"});
    CHECK(parsed(config::sample_text()).config->all_sms_senders() == std::vector<std::string>{"+15125550100"});
    const auto text = problems(replaced(config::sample_text(), "#senders = ", "senders = [\"Lone Star Staffing\"] #"));
    CHECK(text.find("holds \"Lone Star Staffing\"") != std::string::npos);
    CHECK(text.find("up to 11 letters and digits") != std::string::npos);
}

TEST_CASE("all mistakes of one file are reported in one run") {
    auto text = replaced(config::sample_text(), "mode = \"test\"", "mode = \"maybe\"");
    text = replaced(text, "address = \"127.0.0.1:8466\"", "address = 8466");
    CHECK(parsed(text).diagnostics.size() >= 2);
}

TEST_CASE("a relay elsewhere may not be spoken to without TLS") {
    auto text = replaced(config::sample_text(), "\"file:outbox\"", "\"smtp://mail.lonestar.example:587\"");
    text = replaced(text, "#starttls = \"required\"", "starttls = \"never\"");
    CHECK(problems(text).find("only for a relay on this machine") != std::string::npos);
    text = replaced(text, "smtp://mail.lonestar.example:587", "smtp://127.0.0.1:2525");
    CHECK(parsed(text).config);
}

TEST_CASE("further relays have sections of their own, with weights and passwords of their own") {
    const auto base =
        replaced(config::sample_text(), "relay = \"file:outbox\"", "relay = \"smtp://mx1.lonestar.example:587\"");
    const auto loaded = parsed(
        base + "\n[[relay]]\nurl = \"smtp://mx2.lonestar.example:587\"\nweight = 3\nuser = \"nurtured\"\n"
               "password = { credential = \"mx2-password\" }\n\n[[relay]]\nurl = \"smtps://mx3.lonestar.example\"\n");
    REQUIRE(loaded.config);
    const auto relays = loaded.config->relays();
    REQUIRE(relays.size() == 3);
    CHECK(relays[0].url == "smtp://mx1.lonestar.example:587");
    CHECK(relays[0].weight == 1);
    CHECK(relays[1].weight == 3);
    CHECK(relays[1].password.credential == "mx2-password");
    CHECK(relays[2].user.empty());
    CHECK(loaded.config->relay_names() ==
          "smtp://mx1.lonestar.example:587, smtp://mx2.lonestar.example:587, smtps://mx3.lonestar.example");

    CHECK(problems(base + "\n[[relay]]\nweight = 2\n").find("`url` is missing in [[relay]]") != std::string::npos);
    CHECK(problems(base + "\n[relay]\nurl = \"smtp://mx2.lonestar.example\"\n").find("write `[[relay]]`") !=
          std::string::npos);
    CHECK(problems(base + "\n[[relay]]\nurl = \"smtp://mx2.lonestar.example\"\nstarttls = \"never\"\n")
              .find("only for a relay on this machine") != std::string::npos);
    CHECK(problems(config::sample_text() + "\n[[relay]]\nurl = \"smtp://mx2.lonestar.example\"\n")
              .find("with [[relay]] sections") != std::string::npos);
}

TEST_CASE("unsubscribe links must be https unless they stay on this machine") {
    CHECK(problems(replaced(config::sample_text(), "http://127.0.0.1:8466", "http://talent.example.org"))
              .find("must be https") != std::string::npos);
}

TEST_CASE("the price of an SMS is a decimal number, kept exactly") {
    const auto with = [](const std::string& price) {
        return replaced(config::sample_text(), "#price_per_segment = \"0.0079\"", "price_per_segment = " + price);
    };
    CHECK(config::parse(with("\"0.0079\""), "/etc/nurtured/nurtured.toml").config->sms_price == 7'900);
    CHECK(config::parse(with("\"12\""), "/etc/nurtured/nurtured.toml").config->sms_price == 12'000'000);
    for (const auto* wrong :
         {"\"free\"", "\"\"", "\".5\"", "\"1.\"", "\"-1\"", "\"0.0000001\"", "\"1001\"", "\"0,01\""})
        CHECK(problems(with(wrong)).find("is the price of one segment") != std::string::npos);
    const auto currency = replaced(config::sample_text(), "#currency = \"USD\"", "currency = \"dollars\"");
    CHECK(problems(currency).find("is the code of a currency") != std::string::npos);
}

TEST_CASE("test mode reaches the allow-list without regard to capitals, and nobody else") {
    const auto loaded = parsed(config::sample_text());
    REQUIRE(loaded.config);
    auto config = *loaded.config;
    config.allow = {"*@lonestar.example", "ana@candidates.example", "+15125550123"};
    CHECK(config.allowed("Dana.Wu@LoneStar.example"));
    CHECK(config.allowed("ana@candidates.example"));
    CHECK(config.allowed("+15125550123"));
    CHECK_FALSE(config.allowed("ana@other.example"));
    CHECK_FALSE(config.allowed("x@evil-lonestar.example"));
}

TEST_CASE("a file that is not TOML names the line") {
    CHECK(problems("[store]\npath = nurtured.db\n").find("nurtured.toml:2:") != std::string::npos);
}

TEST_CASE("a stand-in must be a declared person") {
    auto text = config::sample_text();
    text = replaced(text, "\"dana.wu@lonestar.example\", ", "\"dana.wu@lonestar.example\", stand_in = \"nobody\", ");
    CHECK(problems(text).find("names the stand-in \"nobody\"") != std::string::npos);
}

TEST_CASE("an import map gives columns and values, and says what it does not understand") {
    const auto good = config::parse_import_map(
        "[ref]\ncolumn = \"Candidate ID\"\n[profession]\nvalues = { RN = \"Registered Nurse\" }\n", "map.toml");
    REQUIRE(good.fields);
    CHECK(good.fields->at("ref").column == "Candidate ID");
    CHECK(good.fields->at("profession").column == "profession");
    CHECK(good.fields->at("profession").values.at("RN") == "Registered Nurse");

    const auto bad = config::parse_import_map("[ref]\ncolum = \"Candidate ID\"\n", "map.toml");
    REQUIRE_FALSE(bad.fields);
    CHECK(dsl::render(bad.diagnostics[0], bad.source).find("map.toml:2:") != std::string::npos);
}
