// SPDX-License-Identifier: MIT
#include "daemon/store/histories.hpp"

#include "tests/store/sample.hpp"

#include <SQLiteCpp/Exception.h>
#include <catch2/catch.hpp>

using namespace nurture::store;
using namespace nurture::store::sample;

TEST_CASE("the latest word on consent holds, and of two at one instant the withdrawal") {
    Store store;
    const auto status = [&] { return consent_status(store.database, store.person, "Job News"); };
    CHECK(status() == ConsentStatus::given);
    add_consent(store.database, {store.person, "job news", k_now - days(40), false, "old letter"});
    CHECK(status() == ConsentStatus::given);
    add_consent(store.database, {store.person, "job news", k_now - days(30), false, "same second"});
    CHECK(status() == ConsentStatus::withdrawn);
    add_consent(store.database, {store.person, "job news", k_now, true, "form"});
    CHECK(status() == ConsentStatus::given);
    CHECK(consent_status(store.database, store.person, "sms alerts") == ConsentStatus::unknown);
}

TEST_CASE("what is known already is not added twice") {
    Store store;
    const EventRow applied{store.person, "applied", k_now, "Night ICU", 0};
    CHECK(add_event(store.database, applied));
    CHECK_FALSE(add_event(store.database, applied));
    CHECK_FALSE(add_consent(store.database, {store.person, "job news", k_now - days(30), true, "form"}));
    CHECK(add_list_member(store.database, {store.person, "Do not contact", k_now, {}}));
    CHECK_FALSE(add_list_member(store.database, {store.person, "do not contact", k_now + hours(1), {}}));
}

TEST_CASE("a membership for a time ends by itself and can only be prolonged") {
    Store store;
    const auto member = [&](Instant at) { return is_list_member(store.database, store.person, "Not now", at); };
    add_list_member(store.database, {store.person, "Not now", k_now, k_now + days(60)});
    CHECK(member(k_now + days(59)));
    CHECK_FALSE(member(k_now + days(60)));
    CHECK_FALSE(add_list_member(store.database, {store.person, "Not now", k_now, k_now + days(10)}));
    CHECK(add_list_member(store.database, {store.person, "Not now", k_now, {}}));
    CHECK(member(k_now + days(600)));
    CHECK(remove_list_member(store.database, store.person, "Not now"));
    CHECK_FALSE(member(k_now));
}

TEST_CASE("histories come in the order of candidates and time") {
    Store store;
    const auto second = store.commit([&] { return add_person(store.database, "tom", key(30)); });
    add_event(store.database, {second, "applied", k_now, "", 0});
    add_event(store.database, {store.person, "clicked", k_now, "", store.message});
    add_event(store.database, {store.person, "applied", k_now, "", 0});
    add_event(store.database, {store.person, "applied", k_now - days(9), "", 0});
    std::vector<std::string> seen;
    EventScan scan(store.database);
    EventRow row;
    while (scan.next(row)) {
        seen.push_back(std::to_string(row.candidate) + ' ' + std::string(row.kind) +
                       (row.at == k_now ? "" : " before"));
    }
    const std::string first = std::to_string(store.person);
    CHECK(seen == std::vector<std::string>{first + " applied before", first + " applied", first + " clicked",
                                           std::to_string(second) + " applied"});
}

TEST_CASE("a suppression is found, prolonged and lifted, and everybody with the address is told") {
    Store store;
    const auto second = store.commit([&] { return add_person(store.database, "ana.again", key(7)); });
    const auto before = inbox_end(store.database);
    store.commit([&] {
        CHECK(suppress(store.database, key(7), Channel::email, "mailbox full", k_now, k_now + days(14)));
        CHECK_FALSE(suppress(store.database, key(7), Channel::email, "mailbox full", k_now, k_now + days(3)));
    });
    CHECK(suppression(store.database, key(7), Channel::email, k_now + days(13)));
    CHECK_FALSE(suppression(store.database, key(7), Channel::email, k_now + days(14)));
    CHECK_FALSE(suppression(store.database, key(7), Channel::sms, k_now));
    store.commit([&] { CHECK(suppress(store.database, key(7), Channel::email, "unsubscribed", k_now + days(1))); });
    CHECK(suppression(store.database, key(7), Channel::email, k_now + days(900))->reason == "unsubscribed");
    store.commit([&] {
        CHECK(lift_suppression(store.database, key(7), Channel::email, k_now + days(2), "dana.wu", "asked by phone"));
        CHECK_FALSE(lift_suppression(store.database, key(7), Channel::email, k_now + days(2), "dana.wu", "twice"));
    });
    CHECK_FALSE(suppression(store.database, key(7), Channel::email, k_now + days(3)));
    const auto history = suppression_history(store.database, key(7));
    REQUIRE(history.size() == 1);
    CHECK(history[0].lifted_by == "dana.wu");
    CHECK(history[0].why == "asked by phone");
    const auto rows = inbox_after(store.database, before, 100);
    REQUIRE(rows.size() == 6);
    CHECK(rows[0].first == store.person);
    CHECK(rows[1].first == second);
    CHECK(rows[5].kind == InboxKind::lifted);
    // Lifted is not forgotten: suppressing again is a new entry.
    store.commit([&] { CHECK(suppress(store.database, key(7), Channel::email, "complaint", k_now + days(4))); });
    CHECK(suppressions(store.database, k_now + days(5)).size() == 1);
}
