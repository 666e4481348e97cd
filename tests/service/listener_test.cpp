// SPDX-License-Identifier: MIT
#include "daemon/service/listener.hpp"

#include <catch2/catch.hpp>
#include <httplib.h>

#include <atomic>

using namespace nurture::service;

namespace {

struct Page {
    std::atomic<int> unsubscribed{0}, renewed{0};
    std::string withdrawn;
    GatewayCall reported;
    std::atomic<bool> disk_works{true};
    std::atomic<bool> healthy{true};
    Listener listener{"127.0.0.1", 0, calls()};
    httplib::Client client{"127.0.0.1", listener.port()};

    ListenerCalls calls() {
        ListenerCalls calls;
        calls.organisation = "Stars & <Stripes>";
        calls.known = [](const std::string& token) { return token == "812-abc"; };
        calls.unsubscribe = [this](const std::string& token) {
            if (token != "812-abc")
                return Recorded::bad_token;
            if (!disk_works)
                return Recorded::failed;
            ++unsubscribed;
            return Recorded::done;
        };
        calls.preferences = [](const std::string& token) {
            return token == "812-abc"
                       ? Asked<PreferencesPage>{Recorded::done, {{"job <news>"}, {"parking"}, false, "/u/1-a"}}
                       : Asked<PreferencesPage>{Recorded::bad_token, {}};
        };
        calls.withdraw = [this](const std::string&, const std::string& consent) {
            withdrawn = consent;
            return disk_works ? Recorded::done : Recorded::failed;
        };
        calls.renewal = [](const std::string&) {
            return Asked<RenewalPage>{Recorded::done, {"Yes, you may write to me.", false}};
        };
        calls.renew = [this](const std::string&) {
            renewed += disk_works ? 1 : 0;
            return Asked<RenewalPage>{disk_works ? Recorded::done : Recorded::failed, {"", true}};
        };
        calls.report = [this](const std::string& token, const GatewayCall& call) {
            reported = call;
            return token != "812-abc" ? Recorded::bad_token : disk_works ? Recorded::done : Recorded::failed;
        };
        calls.healthy = [this] { return healthy.load(); };
        return calls;
    }
};

}  // namespace

TEST_CASE("opening an unsubscribe link shows a button and changes nothing") {
    Page page;
    const auto response = page.client.Get("/u/812-abc");
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK(response->body.find("<form method=\"post\"><button") != std::string::npos);
    CHECK(page.unsubscribed == 0);
    CHECK(page.client.Head("/u/812-abc")->status == 200);
    CHECK(page.unsubscribed == 0);
}

TEST_CASE("pressing the button unsubscribes, and so does a mail program's one-click POST") {
    Page page;
    CHECK(page.client.Post("/u/812-abc")->status == 200);
    CHECK(page.client.Post("/u/812-abc", "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")->status ==
          200);
    CHECK(page.unsubscribed == 2);
}

TEST_CASE("a POST that could not be recorded is not answered with 200") {
    Page page;
    page.disk_works = false;
    CHECK(page.client.Post("/u/812-abc")->status == 503);
}

TEST_CASE("a forged link leads to a page that says what to do") {
    Page page;
    const auto response = page.client.Get("/u/813-abc");
    CHECK(response->status == 404);
    CHECK(response->body.find("answer the email") != std::string::npos);
    CHECK(page.client.Post("/u/813-abc")->status == 404);
    CHECK(page.client.Get("/anything")->status == 404);
    CHECK(page.client.Get("/u/..%2f..%2fetc")->status == 404);
    CHECK(page.unsubscribed == 0);
}

TEST_CASE("the organisation's name is text on the page, never markup") {
    Page page;
    const auto body = page.client.Get("/u/812-abc")->body;
    CHECK(body.find("Stars &amp; &lt;Stripes&gt;") != std::string::npos);
    CHECK(body.find("<Stripes>") == std::string::npos);
}

TEST_CASE("healthz tells whether the daemon can act") {
    Page page;
    CHECK(page.client.Get("/healthz")->status == 200);
    page.healthy = false;
    CHECK(page.client.Get("/healthz")->status == 503);
}

TEST_CASE("a second listener on the same address is refused with the address in the message") {
    Page page;
    CHECK_THROWS_WITH(Listener("127.0.0.1", page.listener.port(), page.calls()),
                      Catch::Contains("127.0.0.1:" + std::to_string(page.listener.port())));
}

TEST_CASE("the preferences page offers to withdraw each consent, and opening it changes nothing") {
    Page page;
    const auto response = page.client.Get("/p/812-abc");
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK(response->body.find("name=\"consent\" value=\"job &lt;news&gt;\"") != std::string::npos);
    CHECK(response->body.find("<span>parking</span><span>withdrawn</span>") != std::string::npos);
    CHECK(response->body.find("action=\"/u/1-a\"") != std::string::npos);
    CHECK(page.withdrawn.empty());
    CHECK(page.client.Get("/p/813-abc")->status == 404);
}

TEST_CASE("withdrawing one consent names that consent") {
    Page page;
    const auto done = page.client.Post("/p/812-abc", httplib::Params{{"consent", "job <news>"}});
    REQUIRE(done);
    CHECK(done->status == 200);
    CHECK(page.withdrawn == "job <news>");
    CHECK(done->body.find("job &lt;news&gt;") != std::string::npos);
    page.disk_works = false;
    CHECK(page.client.Post("/p/812-abc", httplib::Params{{"consent", "job <news>"}})->status == 503);
}

TEST_CASE("a consent is renewed by the button, not by opening the page") {
    Page page;
    const auto asked = page.client.Get("/c/812-abc");
    REQUIRE(asked);
    CHECK(asked->body.find("Yes, you may write to me.") != std::string::npos);
    CHECK(page.renewed == 0);
    const auto done = page.client.Post("/c/812-abc");
    CHECK(done->status == 200);
    CHECK(page.renewed == 1);
    CHECK(done->body.find("You have unsubscribed before") != std::string::npos);
    page.disk_works = false;
    CHECK(page.client.Post("/c/812-abc")->status == 503);
}

TEST_CASE(
    "the SMS gateway's reports come through whole, by POST or GET, and are acknowledged when they are on the disk") {
    using Fields = std::vector<std::pair<std::string, std::string>>;
    Page page;
    const httplib::Headers signed_call{{"X-Twilio-Signature", "c2ln"}};
    const auto posted = page.client.Post("/r/812-abc", signed_call, "MessageStatus=delivered&To=%2B12145550142",
                                         "application/x-www-form-urlencoded");
    CHECK(posted->status == 200);
    CHECK(page.reported.target == "/r/812-abc");
    CHECK(page.reported.fields == Fields{{"MessageStatus", "delivered"}, {"To", "+12145550142"}});
    CHECK(page.reported.signature == "c2ln");
    CHECK(page.client.Get("/r/812-abc?kannel=1")->status == 200);
    CHECK(page.reported.target == "/r/812-abc?kannel=1");
    CHECK(page.reported.fields == Fields{{"kannel", "1"}});
    CHECK(page.client.Get("/r/813-abc?kannel=1")->status == 404);
    page.disk_works = false;
    CHECK(page.client.Post("/r/812-abc", "MessageStatus=delivered", "application/x-www-form-urlencoded")->status ==
          503);
}
