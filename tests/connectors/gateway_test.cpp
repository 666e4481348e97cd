// SPDX-License-Identifier: MIT
#include "connectors/sms/gateway.hpp"
#include "connectors/sms/kannel.hpp"
#include "connectors/sms/twilio.hpp"

#include "tests/connectors/names.hpp"
#include "tests/connectors/recording_gate.hpp"
#include "tests/connectors/toy_server.hpp"
#include "tests/support/temp_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

using namespace nurture::connectors;
using nurture::test::Peer;
using nurture::test::RecordingGate;
using nurture::test::ToyServer;

namespace {

Job sms(JobId id, const std::string& to = "+12145550142") {
    Job job;
    job.id = id;
    job.channel = Channel::sms;
    job.sms = {.sender = "10000", .to = to, .text = "2 ICU openings near Plano & Frisco", .ucs2 = false};
    return job;
}

/// Takes one request per connection, says `answer`, closes.
class Toy {
public:
    explicit Toy(std::string answer)
        : answer_(std::move(answer)),
          server_([this](Peer& peer) {
              std::string head = peer.until("\r\n\r\n");
              if (head.empty())
                  return;
              {
                  std::lock_guard lock(mutex_);
                  requests_.push_back(head);
              }
              peer.say(answer_);
          }) {}
    std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/cgi-bin/sendsms"; }
    std::vector<std::string> requests() {
        std::lock_guard lock(mutex_);
        return requests_;
    }
    int connections() const { return server_.connections(); }

private:
    std::string answer_;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    ToyServer server_;
};

std::string http(const std::string& status, const std::string& body, const std::string& more = "") {
    return "HTTP/1.1 " + status + "\r\n" + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Outcome send_one(Toy& toy, bool go = true, const GatewayKind& kind = k_kannel) {
    RecordingGate gate;
    auto gateway =
        make_gateway(kind, {.url = toy.url(), .user = "nurture", .password = "s3cret&", .ca_file = ""}, gate);
    gate.on_ready = [&](JobId id) { gateway->release(id, go); };
    gateway->submit(sms(1));
    Outcome outcome = gate.outcome(1);
    gateway->stop();
    CHECK(gate.outcomes(1) == 1);
    return outcome;
}

}  // namespace

TEST_CASE("only the gateway's own positive answer makes an SMS sent") {
    auto [answer, expected, blame] = GENERATE(table<std::string, Answer, Blame>({
        {http("202 Accepted", "0: Accepted for delivery"), Answer::accepted, Blame::none},
        {http("202 Accepted", "3: Queued for later delivery"), Answer::accepted, Blame::none},
        {http("200 OK", "0: Accepted for delivery"), Answer::accepted, Blame::none},
        {http("202 Accepted", "2: what"), Answer::in_doubt, Blame::connection},
        {http("200 OK", "<html>a login page</html>"), Answer::in_doubt, Blame::connection},
        {http("204 No Content", ""), Answer::in_doubt, Blame::connection},
        {http("302 Found", "0: no", "Location: http://169.254.169.254/\r\n"), Answer::in_doubt, Blame::connection},
        {http("400 Bad", "DLR-URL field misformed, rejected"), Answer::deferred, Blame::credentials},
        {http("400 Bad", "Number(s) has/have been denied by white- and/or black-lists."), Answer::rejected,
         Blame::none},
        {http("403 No", "Not routable. Do not try again."), Answer::rejected, Blame::none},
        {http("414 Too long", ""), Answer::rejected, Blame::content},
        {http("401 No", ""), Answer::deferred, Blame::credentials},
        {http("403 No", "Authorization failed for sendsms"), Answer::deferred, Blame::credentials},
        {http("404 Not here", ""), Answer::deferred, Blame::credentials},
        {http("418 Odd", ""), Answer::in_doubt, Blame::connection},
        {http("500 Oops", "0: Accepted for delivery"), Answer::in_doubt, Blame::connection},
        {http("503 Busy", ""), Answer::in_doubt, Blame::connection},
        {"", Answer::in_doubt, Blame::connection},
        {"HTTP/1.1 202 Acc", Answer::in_doubt, Blame::connection},
        {"HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n0: Acc", Answer::in_doubt, Blame::connection},
        {"220 I am a mail server\r\n", Answer::in_doubt, Blame::connection},
    }));
    CAPTURE(answer);
    Toy toy(answer);
    Outcome outcome = send_one(toy);
    CHECK(outcome.answer == expected);
    CHECK(outcome.blame == blame);
    CHECK(toy.connections() == 1);
}

TEST_CASE("a gateway that asks for patience says for how long") {
    Toy toy(http("429 Slow down", "", "Retry-After: 90\r\n"));
    Outcome outcome = send_one(toy);
    CHECK(outcome.answer == Answer::deferred);
    CHECK(outcome.blame == Blame::rate_or_policy);
    CHECK(outcome.code == 429);
    CHECK(outcome.retry_after == 90);
}

TEST_CASE("an answer that streams on is cut off after what counts") {
    Toy endless("HTTP/1.1 202 Accepted\r\n\r\n0: Accepted" + std::string(1000000, '.'));
    CHECK(send_one(endless).answer == Answer::accepted);
    Toy nonsense("HTTP/1.1 202 Accepted\r\n\r\n" + std::string(1000000, '.'));
    CHECK(send_one(nonsense).answer == Answer::in_doubt);
}

TEST_CASE("the text arrives as it was written, the password as a parameter of its own") {
    Toy toy(http("202 Accepted", "0: Accepted for delivery"));
    send_one(toy);
    REQUIRE(toy.requests().size() == 1);
    CHECK_THAT(toy.requests()[0], Catch::StartsWith("GET /cgi-bin/sendsms?username="));
    CHECK_THAT(
        toy.requests()[0],
        Catch::Contains("username=nurture&password=s3cret%26&from=10000&to=%2B12145550142&"
                        "text=2%20ICU%20openings%20near%20Plano%20%26%20Frisco&charset=UTF-8&coding=0 HTTP/1.1\r\n"));
}

TEST_CASE("no byte of an SMS leaves before the gate has answered, none when it refuses") {
    Toy toy(http("202 Accepted", "0: Accepted for delivery"));
    CHECK(send_one(toy, false).answer == Answer::refused);
    CHECK(toy.requests().empty());

    RecordingGate gate;
    auto gateway = make_gateway(k_kannel, {.url = toy.url(), .user = "", .password = "", .ca_file = ""}, gate);
    gateway->submit(sms(2));
    gate.wait_for_ready(2);
    CHECK(toy.requests().empty());
    gateway->release(2, true);
    CHECK(gate.outcome(2).answer == Answer::accepted);
}

TEST_CASE("each SMS has a connection of its own") {
    Toy toy(http("202 Accepted", "0: Accepted for delivery"));
    RecordingGate gate;
    auto gateway = make_gateway(k_kannel, {.url = toy.url(), .user = "", .password = "", .ca_file = ""}, gate);
    gate.on_ready = [&](JobId id) { gateway->release(id, true); };
    for (JobId id = 1; id <= 3; ++id) {
        gateway->submit(sms(id));
        CHECK(gate.outcome(id).answer == Answer::accepted);
    }
    CHECK(toy.connections() == 3);
    CHECK(toy.requests().size() == 3);
}

TEST_CASE("an SMS whose commit takes too long is dropped before anything was sent") {
    Toy toy(http("202 Accepted", "0: Accepted for delivery"));
    RecordingGate gate;
    auto gateway = make_gateway(
        k_kannel,
        {.url = toy.url(), .user = "", .password = "", .ca_file = "", .answer_timeout = 30, .release_timeout = 0},
        gate);
    gateway->submit(sms(1));
    CHECK(gate.outcome(1).answer == Answer::refused);
    gateway->release(1, true);  // too late: nothing may happen any more
    gateway->stop();
    CHECK(gate.outcomes(1) == 1);
    CHECK(toy.requests().empty());
}

TEST_CASE("a number that is none is refused before anything is connected") {
    Toy toy(http("202 Accepted", "0: Accepted for delivery"));
    RecordingGate gate;
    auto gateway = make_gateway(k_kannel, {.url = toy.url(), .user = "", .password = "", .ca_file = ""}, gate);
    gateway->submit(sms(1, "+1214555&to=+12145550143"));
    CHECK(gate.outcome(1).answer == Answer::rejected);
    CHECK(toy.connections() == 0);
}

TEST_CASE("a text beyond the GSM alphabet is announced as such") {
    SmsMessage plain{.sender = "10000", .to = "+12145550142", .text = "Hi", .ucs2 = false};
    SmsMessage other{.sender = "10000", .to = "+12145550142", .text = "Привет", .ucs2 = true};
    auto coding = [](const SmsMessage& message) {
        for (const auto& [name, value] : k_kannel.request({}, message).form)
            if (name == "coding")
                return value;
        return std::string("none");
    };
    CHECK(coding(plain) == "0");
    CHECK(coding(other) == "2");
}

TEST_CASE("Twilio's answers mean what its dictionary of errors says") {
    const auto error = [](const std::string& status, int code) {
        return http(status,
                    R"({"code": )" + std::to_string(code) + R"(, "message": "to +12145550142", "status": 400})");
    };
    auto [answer, expected, blame] = GENERATE_COPY(table<std::string, Answer, Blame>({
        {http("201 Created", R"({"sid": "SM0123456789abcdef", "status": "queued"})"), Answer::accepted, Blame::none},
        {http("201 Created", R"({"status": "queued"})"), Answer::in_doubt, Blame::connection},
        {http("201 Created", R"({"sid": "not one: +12145550142"})"), Answer::in_doubt, Blame::connection},
        {http("200 OK", "<html>a login page</html>"), Answer::in_doubt, Blame::connection},
        {error("400 Bad Request", 21211), Answer::rejected, Blame::address_dead},
        {error("400 Bad Request", 21614), Answer::rejected, Blame::address_dead},
        {error("400 Bad Request", 30005), Answer::rejected, Blame::address_dead},
        {error("400 Bad Request", 30006), Answer::rejected, Blame::address_dead},
        {error("400 Bad Request", 21610), Answer::rejected, Blame::opted_out},
        {error("400 Bad Request", 21606), Answer::deferred, Blame::credentials},
        {error("400 Bad Request", 21609), Answer::deferred, Blame::credentials},
        {error("400 Bad Request", 21608), Answer::deferred, Blame::credentials},
        {error("400 Bad Request", 21704), Answer::deferred, Blame::credentials},
        {error("400 Bad Request", 21611), Answer::deferred, Blame::rate_or_policy},
        {error("400 Bad Request", 21214), Answer::rejected, Blame::none},
        {error("403 Forbidden", 21408), Answer::rejected, Blame::none},
        {error("400 Bad Request", 21617), Answer::rejected, Blame::content},
        {error("400 Bad Request", 12345), Answer::rejected, Blame::none},
        {error("401 Unauthorized", 20003), Answer::deferred, Blame::credentials},
        {error("429 Too Many Requests", 20429), Answer::deferred, Blame::rate_or_policy},
        {error("503 Service Unavailable", 20503), Answer::in_doubt, Blame::connection},
        {error("500 Internal Server Error", 21211), Answer::in_doubt, Blame::connection},
        {http("302 Found", "", "Location: http://169.254.169.254/latest/\r\n"), Answer::in_doubt, Blame::connection},
        {"HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{\"sid\": \"SM01\"}", Answer::in_doubt, Blame::connection},
    }));
    CAPTURE(answer);
    Toy toy(answer);
    Outcome outcome = send_one(toy, true, k_twilio);
    CHECK(outcome.answer == expected);
    CHECK(outcome.blame == blame);
    CHECK(toy.connections() == 1);
    CHECK(outcome.remote_id == (expected == Answer::accepted ? "SM0123456789abcdef" : ""));
}

TEST_CASE("what our own configuration has wrong comes with what to write") {
    const auto [status, number, words] = GENERATE(table<std::string, int, std::string>({
        {"400 Bad Request", 21609, "`public_url`"},
        {"400 Bad Request", 21603, "`sender` of [sms]"},
        {"401 Unauthorized", 20003, "`user` and `password` of [sms]"},
    }));
    Toy toy(http(status, R"({"code": )" + std::to_string(number) + "}"));
    CHECK_THAT(std::string(send_one(toy, true, k_twilio).advice), Catch::Contains(words));
    Toy kannel(http("403 Forbidden", "Authorization failed for sendsms"));
    CHECK_THAT(std::string(send_one(kannel).advice), Catch::Contains("`user` and `password` of [sms]"));
}

TEST_CASE("a message goes to Twilio as a form, with the account's credentials") {
    Toy toy(http("201 Created", R"({"sid": "SM01"})"));
    send_one(toy, true, k_twilio);
    REQUIRE(toy.requests().size() == 1);
    CHECK_THAT(toy.requests()[0], Catch::Contains("/2010-04-01/Accounts/nurture/Messages.json HTTP/1.1\r\n"));
    CHECK_THAT(toy.requests()[0], Catch::Contains("Authorization: Basic bnVydHVyZTpzM2NyZXQm\r\n"));  // nurture:s3cret&
    CHECK_THAT(toy.requests()[0], Catch::Contains("Content-Type: application/x-www-form-urlencoded"));

    const SmsMessage message{.sender = "MG0123",
                             .to = "+12145550142",
                             .text = "Hi",
                             .ucs2 = false,
                             .report_url = "https://talent.example.org/r/7-ab"};
    GatewayConfig config;
    config.url = "https://api.example";
    config.user = "AC01";
    const auto request = k_twilio.request(config, message);
    CHECK(request.url == "https://api.example/2010-04-01/Accounts/AC01/Messages.json");
    CHECK(request.form == FormFields{{"To", "+12145550142"},
                                     {"MessagingServiceSid", "MG0123"},
                                     {"Body", "Hi"},
                                     {"StatusCallback", "https://talent.example.org/r/7-ab"}});
}

TEST_CASE("Twilio's signature is what another program computes by its documentation") {
    // Python: base64(hmac(b"12345", url + "From+15125550100" + …, sha1)).
    CHECK(twilio_signature("12345", "https://talent.example.org/r/7-ab?foo=1&bar=2",
                           {{"To", "+12145550142"},
                            {"MessageStatus", "delivered"},
                            {"From", "+15125550100"},
                            {"MessageSid", "SM1234567890ABCDE"}}) == "e/RxiULffoObT3aCA6BbhfaTRa8=");
}

TEST_CASE("a delivery report counts when the gateway itself sent it") {
    GatewayConfig config;
    config.password = "token";
    const std::string url = "https://talent.example.org/r/7-ab";
    const auto reported = [&](const std::string& status, const std::string& code = "") {
        ReportRequest got{url, {{"MessageSid", "SM01"}, {"MessageStatus", status}, {"ErrorCode", code}}, ""};
        got.signature = twilio_signature("token", url, got.fields);
        return k_twilio.report(config, got);
    };
    CHECK(reported("queued") == SmsReport::under_way);
    CHECK(reported("delivered") == SmsReport::delivered);
    CHECK(reported("undelivered", "30003") == SmsReport::failed);
    CHECK(reported("undelivered", "30005") == SmsReport::address_dead);
    CHECK(reported("failed", "30006") == SmsReport::address_dead);
    CHECK(reported("failed", "21610") == SmsReport::opted_out);

    ReportRequest forged{url, {{"MessageStatus", "failed"}, {"ErrorCode", "30005"}}, ""};
    CHECK_FALSE(k_twilio.report(config, forged));
    forged.signature = twilio_signature("another token", url, forged.fields);
    CHECK_FALSE(k_twilio.report(config, forged));
    forged.signature = twilio_signature("token", url + "c", forged.fields);
    CHECK_FALSE(k_twilio.report(config, forged));
    forged.signature = twilio_signature("token", url, forged.fields);
    forged.fields[1].second = "30006";
    CHECK_FALSE(k_twilio.report(config, forged));
    CHECK_FALSE(k_twilio.report({}, {url, {}, twilio_signature("", url, {})}));  // no token: nobody can prove anything
}

TEST_CASE("kannel is asked to report, and what it reports is understood") {
    const SmsMessage message{.sender = "10000",
                             .to = "+12145550142",
                             .text = "Hi",
                             .ucs2 = false,
                             .report_url = "https://talent.example.org/r/7-ab"};
    using Field = std::pair<std::string, std::string>;
    const auto form = k_kannel.request({}, message).form;
    CHECK(std::count(form.begin(), form.end(), Field("dlr-mask", "19")) == 1);
    CHECK(std::count(form.begin(), form.end(), Field("dlr-url", "https://talent.example.org/r/7-ab?kannel=%d")) == 1);
    const auto reported = [](const std::string& value) { return k_kannel.report({}, {"", {{"kannel", value}}, ""}); };
    CHECK(reported("1") == SmsReport::delivered);
    CHECK(reported("2") == SmsReport::failed);
    CHECK(reported("8") == SmsReport::under_way);
    CHECK(reported("16") == SmsReport::failed);
    CHECK_FALSE(k_kannel.report({}, {"", {}, ""}));
}

TEST_CASE("neither a proxy of the environment nor a .netrc has a say") {
    const nurture::support::TempDirectory home;
    std::ofstream(home / ".netrc") << "machine 127.0.0.1 login eve password eve\n";
    Toy proxy(http("201 Created", R"({"sid": "SMproxy"})"));
    const std::vector<std::string> names{"http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"};
    for (const auto& name : names)
        setenv(name.c_str(), proxy.url().c_str(), 1);
    const char* before = getenv("HOME");
    const std::string old = before ? before : "";
    setenv("HOME", home.path().c_str(), 1);
    Toy toy(http("201 Created", R"({"sid": "SM01"})"));
    const auto outcome = send_one(toy, true, k_twilio);
    for (const auto& name : names)
        unsetenv(name.c_str());
    setenv("HOME", old.c_str(), 1);
    CHECK(outcome.remote_id == "SM01");
    CHECK(proxy.connections() == 0);
    REQUIRE(toy.requests().size() == 1);
    CHECK_THAT(toy.requests()[0], Catch::Contains("Authorization: Basic bnVydHVyZTpzM2NyZXQm\r\n"));
}
