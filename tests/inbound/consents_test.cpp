// SPDX-License-Identifier: MIT
//
// What people say on the pages behind the links: single consents withdrawn, a consent renewed.
#include "daemon/inbound/consents.hpp"

#include "daemon/inbound/unsubscribe.hpp"
#include "daemon/store/histories.hpp"
#include "tests/store/sample.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using store::sample::k_now;
using Names = std::vector<std::string>;

namespace {

struct Scene : store::sample::Store {
    Scene() {
        commit([&] {
            store::add_consent(database, {person, "referral program", k_now - store::sample::days(9), true, "form"});
            store::add_consent(database, {person, "newsletter", k_now - store::sample::days(9), true, "form"});
            store::add_consent(database, {person, "newsletter", k_now - store::sample::days(2), false, "call"});
        });
    }
    store::ConsentStatus status(std::string_view consent) const {
        return store::consent_status(database, person, consent);
    }
};

}  // namespace

TEST_CASE("the preferences page lists what the person agreed to and what was taken back") {
    const Scene scene;
    const auto page = inbound::preferences(scene.database, scene.message, k_now);
    REQUIRE(page);
    CHECK(page->given == Names{"job news", "referral program"});
    CHECK(page->withdrawn == Names{"newsletter"});
    CHECK_FALSE(page->unsubscribed);
    CHECK_FALSE(inbound::preferences(scene.database, 999, k_now));
}

TEST_CASE("a consent that is withdrawn on the page is gone, the others stay, and the engine is told") {
    Scene scene;
    const auto before = store::inbox_end(scene.database);
    CHECK(inbound::withdraw_consent(scene.database, scene.message, "Referral Program", k_now));
    CHECK(scene.status("referral program") == store::ConsentStatus::withdrawn);
    CHECK(scene.status("job news") == store::ConsentStatus::given);
    CHECK(scene.told(before) == Names{"changed"});
}

TEST_CASE("withdrawing twice, or what was never given, changes nothing") {
    Scene scene;
    CHECK(inbound::withdraw_consent(scene.database, scene.message, "job news", k_now));
    const auto before = store::inbox_end(scene.database);
    CHECK_FALSE(inbound::withdraw_consent(scene.database, scene.message, "job news", k_now));
    CHECK_FALSE(inbound::withdraw_consent(scene.database, scene.message, "parking", k_now));
    CHECK(scene.told(before).empty());
}

TEST_CASE("everybody with the mailbox loses the consent") {
    Scene scene;
    const auto twin = scene.commit([&] {
        const auto id = store::sample::add_person(scene.database, "ana.r", store::sample::key(7));
        store::add_consent(scene.database, {id, "job news", k_now - store::sample::days(9), true, "form"});
        return id;
    });
    CHECK(inbound::withdraw_consent(scene.database, scene.message, "job news", k_now));
    CHECK(store::consent_status(scene.database, twin, "job news") == store::ConsentStatus::withdrawn);
}

TEST_CASE("a renewed consent is recorded with its words and where it came from") {
    Scene scene;
    const auto asked = inbound::renewal(scene.database, scene.message, "Lone Star Staffing", k_now);
    REQUIRE(asked);
    CHECK(asked->text == "Yes, Lone Star Staffing may write to me by email (job news).");
    const auto before = store::inbox_end(scene.database);
    CHECK(inbound::renew_consent(scene.database, scene.message, "Lone Star Staffing", k_now));
    CHECK(scene.told(before) == Names{"changed"});
    store::ConsentScan scan(scene.database, {scene.person, scene.person});
    store::ConsentRow row, last;
    std::string text, source;
    while (scan.next(row))
        if (row.name == "job news") {
            text = row.text;
            source = row.source;
            last.at = row.at;
            last.given = row.given;
        }
    CHECK(last.given);
    CHECK(last.at == k_now);
    CHECK(text == asked->text);
    CHECK(source == "renewal page, message " + std::to_string(scene.message));
}

TEST_CASE("renewing a consent does not undo an unsubscribe, and the page can say so") {
    Scene scene;
    CHECK(inbound::unsubscribe(scene.database, scene.message, k_now));
    CHECK(inbound::renew_consent(scene.database, scene.message, "Lone Star Staffing", k_now));
    const auto asked = inbound::renewal(scene.database, scene.message, "Lone Star Staffing", k_now);
    REQUIRE(asked);
    CHECK(asked->unsubscribed);
}
