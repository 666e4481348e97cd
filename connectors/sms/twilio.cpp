// SPDX-License-Identifier: MIT
#include "connectors/sms/twilio.hpp"

#include "connectors/mime_text.hpp"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace nurture::connectors {

namespace {

constexpr std::size_t k_max_sid = 64;

constexpr std::string_view k_account = "look at `user` and `password` of [sms] in nurtured.toml";
constexpr std::string_view k_sender =
    "let `sender` of [sms] in nurtured.toml be a number or messaging service of this account that sends SMS";
constexpr std::string_view k_callback =
    "let `public_url` in nurtured.toml be an https address that can be reached from outside";
constexpr std::string_view k_trial = "take the account out of its trial, in which it writes to verified numbers only";

/// Twilio's own error numbers, in answers and in delivery reports: whose fault each is, and what is to be done where it
/// is ours. Those that are not here say nothing of a person.
struct TwilioError {
    int number;
    Answer answer;
    Blame blame;
    std::string_view advice = {};
};
constexpr std::array k_errors{
    TwilioError{20003, Answer::deferred, Blame::credentials, k_account},   // authentication
    TwilioError{20005, Answer::deferred, Blame::credentials, k_account},   // the account is not active
    TwilioError{20404, Answer::deferred, Blame::credentials, k_account},   // no such account
    TwilioError{20429, Answer::deferred, Blame::rate_or_policy},           // too many requests
    TwilioError{21211, Answer::rejected, Blame::address_dead},             // `To` is no phone number
    TwilioError{21212, Answer::deferred, Blame::credentials, k_sender},    // our `From` is no phone number
    TwilioError{21219, Answer::deferred, Blame::credentials, k_trial},     // `To` is not verified
    TwilioError{21408, Answer::rejected, Blame::none},                     // the account may not write to that country
    TwilioError{21602, Answer::rejected, Blame::content},                  // no text
    TwilioError{21603, Answer::deferred, Blame::credentials, k_sender},    // `From` is missing
    TwilioError{21605, Answer::rejected, Blame::content},                  // text too long
    TwilioError{21606, Answer::deferred, Blame::credentials, k_sender},    // `From` is not ours, or sends no SMS
    TwilioError{21608, Answer::deferred, Blame::credentials, k_trial},     // `To` is not verified
    TwilioError{21609, Answer::deferred, Blame::credentials, k_callback},  // StatusCallback is no URL for them
    TwilioError{21610, Answer::rejected, Blame::opted_out},                // the recipient has answered STOP
    TwilioError{21611, Answer::deferred, Blame::rate_or_policy},           // too many wait at our `From` already
    TwilioError{21614, Answer::rejected, Blame::address_dead},             // not a mobile number
    TwilioError{21617, Answer::rejected, Blame::content},                  // text too long
    TwilioError{21618, Answer::rejected, Blame::content},                  // text with what cannot be sent
    TwilioError{21619, Answer::rejected, Blame::content},                  // no text
    TwilioError{21659, Answer::deferred, Blame::credentials, k_sender},    // `From` is no number of theirs
    TwilioError{21660, Answer::deferred, Blame::credentials, k_sender},    // `From` is another account's
    TwilioError{21661, Answer::deferred, Blame::credentials, k_sender},    // `From` sends no SMS
    TwilioError{21701, Answer::deferred, Blame::credentials, k_sender},    // no such messaging service
    TwilioError{21703, Answer::deferred, Blame::credentials, k_sender},    // it has no number to send from now
    TwilioError{21704, Answer::deferred, Blame::credentials, k_sender},    // it has no numbers
    TwilioError{21705, Answer::deferred, Blame::credentials, k_sender},    // it is invalid
    TwilioError{30005, Answer::rejected, Blame::address_dead},             // unknown handset
    TwilioError{30006, Answer::rejected, Blame::address_dead},             // a landline
};

const TwilioError* known_error(int number) {
    const auto found =
        std::find_if(k_errors.begin(), k_errors.end(), [&](const auto& e) { return e.number == number; });
    return found == k_errors.end() ? nullptr : &*found;
}

GatewayRequest request(const GatewayConfig& config, const SmsMessage& message) {
    GatewayRequest out{.url = config.url + "/2010-04-01/Accounts/" + config.user + "/Messages.json", .form = {}};
    out.basic_auth = true;
    // A messaging service chooses the number itself; its id begins with MG.
    out.form = {{"To", message.to},
                {message.sender.starts_with("MG") ? "MessagingServiceSid" : "From", message.sender},
                {"Body", message.text}};
    if (!message.report_url.empty())
        out.form.emplace_back("StatusCallback", message.report_url);
    return out;
}

std::string sid_of(const nlohmann::json& answer) {
    if (!answer.is_object() || !answer.contains("sid") || !answer["sid"].is_string())
        return {};
    auto sid = answer["sid"].get<std::string>();
    const bool id = !sid.empty() && sid.size() <= k_max_sid && std::all_of(sid.begin(), sid.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
    return id ? sid : std::string();
}

/// By the status alone, where the answer has no error number that we know.
Outcome by_status(const GatewayAnswer& answer) {
    switch (answer.status) {
    case 401:
    case 403:
    case 404: return {.answer = Answer::deferred, .blame = Blame::credentials};
    case 429: return {.answer = Answer::deferred, .blame = Blame::rate_or_policy, .retry_after = answer.retry_after};
    case 400: return {.answer = Answer::rejected, .blame = Blame::none};  // checked before anything is queued
    default: return {.answer = Answer::in_doubt, .blame = Blame::connection};
    }
}

Outcome read(const GatewayAnswer& answer) {
    const auto json = nlohmann::json::parse(answer.body, nullptr, false);
    if (answer.status == 200 || answer.status == 201) {
        auto sid = sid_of(json);
        if (sid.empty())
            return {.answer = Answer::in_doubt, .blame = Blame::connection};
        return {.answer = Answer::accepted, .remote_id = std::move(sid)};
    }
    Outcome outcome = by_status(answer);
    const bool numbered = json.is_object() && json.contains("code") && json["code"].is_number_integer();
    if (!numbered || answer.status < 400 || answer.status >= 500 || outcome.answer == Answer::in_doubt)
        return outcome;
    const int number = json["code"].get<int>();
    outcome.enhanced = std::to_string(number);
    if (const auto* known = known_error(number)) {
        outcome.answer = known->answer;
        outcome.blame = known->blame;
        outcome.advice = known->advice;
    }
    return outcome;
}

std::string value_of(const FormFields& fields, std::string_view name) {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == name; });
    return found == fields.end() ? std::string() : found->second;
}

std::optional<SmsReport> report(const GatewayConfig& config, const ReportRequest& got) {
    const auto ours = twilio_signature(config.password, got.url, got.fields);
    if (config.password.empty() || ours.size() != got.signature.size() ||
        CRYPTO_memcmp(ours.data(), got.signature.data(), ours.size()) != 0)
        return std::nullopt;
    const auto status = value_of(got.fields, "MessageStatus");
    if (status == "delivered")
        return SmsReport::delivered;
    if (status != "undelivered" && status != "failed")
        return SmsReport::under_way;
    int number = 0;
    const auto code = value_of(got.fields, "ErrorCode");
    std::from_chars(code.data(), code.data() + code.size(), number);
    const auto* known = known_error(number);
    if (known && known->blame == Blame::address_dead)
        return SmsReport::address_dead;
    return known && known->blame == Blame::opted_out ? SmsReport::opted_out : SmsReport::failed;
}

}  // namespace

std::string twilio_signature(std::string_view auth_token, std::string_view url, const FormFields& fields) {
    auto sorted = fields;
    std::sort(sorted.begin(), sorted.end());
    std::string text(url);
    for (const auto& [name, value] : sorted)
        text += name + value;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha1(), auth_token.data(), static_cast<int>(auth_token.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    return base64({reinterpret_cast<const char*>(digest.data()), size});
}

const GatewayKind k_twilio{"twilio", request, read, report};

}  // namespace nurture::connectors
