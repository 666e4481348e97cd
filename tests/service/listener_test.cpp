// SPDX-License-Identifier: MIT
#include "daemon/service/listener.hpp"

#include <catch2/catch.hpp>
#include <httplib.h>

#include <atomic>

using namespace nurture::service;

namespace {

struct Page {
    std::atomic<int> unsubscribed{0};
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
                return Unsubscribed::bad_token;
            if (!disk_works)
                return Unsubscribed::failed;
            ++unsubscribed;
            return Unsubscribed::done;
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
