// SPDX-License-Identifier: MIT
//
// What a value of nurtured.toml may look like. Each function stores it in the Config and returns what is wrong with it,
// as half a sentence after the key's name, or nothing. Used inside daemon/config only.
#pragma once

#include "daemon/config/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nurture::config {

std::filesystem::path absolute_from(const Config& config, const std::string& path);

std::string set_public_url(Config& config, std::string_view url);
std::string set_relay(Config& config, std::string_view relay);
std::string set_more_relay(Config& config, std::string_view url);
std::string set_starttls(Starttls& target, std::string_view word);
std::string set_domains(Config& config, const std::vector<std::string>& domains);
std::string set_address(std::string& target, std::string_view address);
std::string set_bounce_mailbox(Config& config, std::string_view address);
std::string set_sms_senders(Config& config, const std::vector<std::string>& senders);
std::string set_gateway(Config& config, std::string_view word);
std::string set_price(Config& config, std::string_view amount);
std::string set_currency(Config& config, std::string_view code);
std::string set_allow(Config& config, const std::vector<std::string>& entries);
std::string set_canary(Config& config, std::string_view percent);
std::string set_canary_wait(Config& config, std::string_view length);
std::string set_listen(Config& config, std::string_view address);

/// What only shows when all keys are there: starttls = "never" beyond loopback, kannel without a url, …
/// Each entry: section.key that it belongs to, and the sentence.
struct CrossProblem {
    std::string section, key, sentence;
};
std::vector<CrossProblem> cross_check(const Config& config);

}  // namespace nurture::config
