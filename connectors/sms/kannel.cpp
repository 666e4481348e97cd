// SPDX-License-Identifier: MIT
#include "connectors/sms/kannel.hpp"

#include <algorithm>
#include <array>

namespace nurture::connectors {

namespace {

constexpr std::string_view k_login = "look at `user` and `password` of [sms] in nurtured.toml";
constexpr std::string_view k_address = "let `url` of [sms] in nurtured.toml be the address of sendsms";
constexpr std::string_view k_request = "look into the log of smsbox for what it misses in our requests";

/// Answers that are definite: Kannel checks all of this before it queues anything. The first row that fits counts; what
/// is not here is in doubt.
struct Refusal {
    int status;
    std::string_view begins;  // the text of the answer; empty: any
    Answer answer;
    Blame blame;
    std::string_view advice = {};
};
constexpr std::array k_refusals{
    // Its own black-lists and routes: about this number, and no word about whether it is in use.
    Refusal{400, "Number(s) has/have been denied", Answer::rejected, Blame::none},
    Refusal{403, "Not routable", Answer::rejected, Blame::none},
    // A parameter is missing or malformed. It would be so for everybody.
    Refusal{400, "", Answer::deferred, Blame::credentials, k_request},
    Refusal{401, "", Answer::deferred, Blame::credentials, k_login},
    Refusal{403, "", Answer::deferred, Blame::credentials, k_login},  // "Authorization failed for sendsms"
    Refusal{404, "", Answer::deferred, Blame::credentials, k_address},
    Refusal{405, "", Answer::deferred, Blame::credentials, k_address},
    // The text is too long, or cannot be put into letters of the network.
    Refusal{413, "", Answer::rejected, Blame::content},
    Refusal{414, "", Answer::rejected, Blame::content},
    Refusal{415, "", Answer::rejected, Blame::content},
    Refusal{429, "", Answer::deferred, Blame::rate_or_policy},
};

GatewayRequest request(const GatewayConfig& config, const SmsMessage& message) {
    // Kannel 1.4.5 reads parameters from the query alone: a posted form gets 400 (tried).
    GatewayRequest out{.url = config.url, .form = {}, .post = false};
    out.form = {{"username", config.user},
                {"password", config.password},
                {"from", message.sender},
                {"to", message.to},
                {"text", message.text},
                {"charset", "UTF-8"},
                {"coding", message.ucs2 ? "2" : "0"}};
    if (!message.report_url.empty()) {
        // 1 + 2 + 16: delivered, not delivered, refused by the network. Kannel writes which one for %d.
        out.form.emplace_back("dlr-mask", "19");
        out.form.emplace_back("dlr-url", message.report_url + "?kannel=%d");
    }
    return out;
}

Outcome read(const GatewayAnswer& answer) {
    bool success = answer.status >= 200 && answer.status < 300;
    if (success && (answer.body.starts_with("0:") || answer.body.starts_with("3:")))
        return Outcome{.answer = Answer::accepted, .enhanced = answer.body.substr(0, 1)};
    auto known = std::find_if(k_refusals.begin(), k_refusals.end(), [&](const Refusal& refusal) {
        return refusal.status == answer.status && answer.body.starts_with(refusal.begins);
    });
    if (known == k_refusals.end())
        return Outcome{.answer = Answer::in_doubt, .blame = Blame::connection};
    return Outcome{
        .answer = known->answer, .blame = known->blame, .retry_after = answer.retry_after, .advice = known->advice};
}

/// Kannel signs nothing: the token in the URL, which only it was told, is the proof.
std::optional<SmsReport> report(const GatewayConfig&, const ReportRequest& got) {
    for (const auto& [name, value] : got.fields)
        if (name == "kannel")
            return value == "1"                    ? SmsReport::delivered
                   : value == "2" || value == "16" ? SmsReport::failed
                                                   : SmsReport::under_way;
    return std::nullopt;
}

}  // namespace

const GatewayKind k_kannel{"kannel", request, read, report};

}  // namespace nurture::connectors
