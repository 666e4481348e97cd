// SPDX-License-Identifier: MIT
#include "daemon/store/messages.hpp"

#include "tests/store/sample.hpp"
#include "tests/support/temp_directory.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace nurture::store;
using namespace nurture::store::sample;
using nurture::base::StoreError;

TEST_CASE("a step of an enrolment has one message, whatever is tried") {
    Store store;
    auto again = message_for(enrolment_of(store.person), store.enrolment, store.rule_set);
    CHECK_FALSE(insert_message(store.database, again));
    again.step = "guide";
    CHECK(insert_message(store.database, again));
}

TEST_CASE("two records with one mailbox get one message of a step, and re-entering gets its own") {
    Store store;
    const auto twin = store.commit([&] { return add_person(store.database, "ana.again", key(7)); });
    CHECK_THROWS_AS(insert_enrolment(store.database, enrolment_of(twin)), StoreError);

    auto first = *enrolment(store.database, store.enrolment);
    first.phase = Phase::ended;
    first.ended_at = k_now;
    first.end_reason = "completed";
    put_enrolment(store.database, first);
    auto second = enrolment_of(twin);
    CHECK(next_round(store.database, second.campaign, twin, second.addr_key) == 2);
    const auto id = insert_enrolment(store.database, second);
    CHECK_FALSE(insert_message(store.database, message_for(second, id, store.rule_set)));
    second.round = 2;
    CHECK(insert_message(store.database, message_for(second, id, store.rule_set)));
}

TEST_CASE("only the edges of the table lead from state to state") {
    const std::map<std::string, std::set<std::string>> legal = {
        {"READY", {"READY", "HELD", "INFLIGHT", "REJECTED", "SUPPRESSED", "EXPIRED", "CANCELLED", "FAILED_RENDER"}},
        {"HELD", {"READY", "SUPPRESSED", "EXPIRED", "CANCELLED"}},
        {"INFLIGHT", {"SENT", "READY", "REJECTED", "IN_DOUBT"}},
        {"IN_DOUBT", {"SENT", "REJECTED"}}};
    const std::map<std::string, std::vector<std::string>> way_there = {{"READY", {}},
                                                                       {"HELD", {"HELD"}},
                                                                       {"INFLIGHT", {"INFLIGHT"}},
                                                                       {"SENT", {"INFLIGHT", "SENT"}},
                                                                       {"IN_DOUBT", {"INFLIGHT", "IN_DOUBT"}},
                                                                       {"REJECTED", {"REJECTED"}},
                                                                       {"SUPPRESSED", {"SUPPRESSED"}},
                                                                       {"EXPIRED", {"EXPIRED"}},
                                                                       {"CANCELLED", {"CANCELLED"}},
                                                                       {"FAILED_RENDER", {"FAILED_RENDER"}}};
    const nurture::support::TempDirectory folder;
    const auto path = folder / "nurtured.db";
    { Store store(Database::open(path, birth())); }
    SQLite::Database sqlite(path.string(), SQLite::OPEN_READWRITE);
    const auto move = [&](const std::string& to) { sqlite.exec("UPDATE message SET state='" + to + "'"); };
    for (const auto& [from, way] : way_there) {
        for (const auto& [to, unused] : way_there) {
            INFO(from << " to " << to);
            sqlite.exec("BEGIN");
            for (const auto& step : way) {
                move(step);
            }
            const auto edges = legal.find(from);
            if (edges != legal.end() && edges->second.contains(to)) {
                CHECK_NOTHROW(move(to));
            } else {
                CHECK_THROWS_WITH(move(to), "illegal edge");
            }
            sqlite.exec("ROLLBACK");
        }
    }
}

TEST_CASE("messages, enrolments, suppressions and the journal cannot be deleted, not even by hand") {
    const nurture::support::TempDirectory folder;
    const auto path = folder / "nurtured.db";
    {
        Store store(Database::open(path, birth()));
        store.commit([&] { suppress(store.database, key(7), Channel::email, "unsubscribed", k_now); });
    }
    SQLite::Database sqlite(path.string(), SQLite::OPEN_READWRITE);
    CHECK_THROWS_WITH(sqlite.exec("DELETE FROM message"), "messages are never deleted");
    CHECK_THROWS_WITH(sqlite.exec("DELETE FROM enrolment"), "enrolments are never deleted");
    CHECK_THROWS_WITH(sqlite.exec("DELETE FROM suppression"), "suppressions are never deleted");
    CHECK_THROWS_WITH(sqlite.exec("UPDATE suppression SET until=1"), "suppressions only grow");
    CHECK_THROWS(sqlite.exec("UPDATE suppression SET lifted_at=1"));  // by nobody, for no reason
    CHECK_THROWS_WITH(sqlite.exec("DELETE FROM journal"), "the journal only grows");
    CHECK_THROWS_WITH(sqlite.exec("UPDATE journal SET body='{}'"), "the journal only grows");
    CHECK_THROWS_WITH(
        sqlite.exec("INSERT INTO message SELECT id+1,purpose,NULL,campaign,'x',round,channel,candidate,addr_key,"
                    "template,owner,recipient,rule_set,consent,approval,note,shown,thread,slot,closes,expires,"
                    "not_before,'SENT','',0,NULL,NULL,NULL,NULL,NULL FROM message"),
        "illegal birth");
}

TEST_CASE("due messages come in the order of their time, on their channel, and none may be claimed while stopped") {
    Store store;
    auto later = message_for(enrolment_of(store.person), store.enrolment, store.rule_set, "guide");
    later.slot = later.not_before = k_now + minutes(10);
    const auto guide = *insert_message(store.database, later);
    auto text = message_for(enrolment_of(store.person), store.enrolment, store.rule_set, "text");
    text.channel = Channel::sms;
    insert_message(store.database, text);

    const auto due = [&](Instant now) {
        std::vector<MessageId> ids;
        for (const auto& m : due_messages(store.database, Channel::email, now, 10)) {
            ids.push_back(m.id);
        }
        return ids;
    };
    CHECK(due(k_now - seconds(1)).empty());
    CHECK(due(k_now) == std::vector<MessageId>{store.message});
    CHECK(due(k_now + minutes(10)) == std::vector<MessageId>{store.message, guide});
    CHECK(next_due(store.database, Channel::email) == k_now);
    CHECK(may_claim(store.database, Channel::email, k_now));
    store.commit([&] { stop(store.database, k_now, "lee.ortiz", "test"); });
    CHECK_FALSE(may_claim(store.database, Channel::email, k_now));
}

TEST_CASE("the engine may move or take back a message until it is in flight") {
    Store store;
    CHECK(reslot(store.database, store.message, k_now + hours(20), k_now + hours(28), k_now + hours(44)));
    CHECK(store.row().not_before == k_now + hours(20));
    CHECK(withdraw(store.database, store.message, MessageState::held, "approval lapsed"));
    CHECK(withdraw(store.database, store.message, MessageState::held, "address changed"));
    CHECK(store.row().reason == "address changed");
    CHECK(reslot(store.database, store.message, k_now, k_now + hours(2), k_now + hours(24), key(70)));
    CHECK(store.row().addr_key == key(70));
    CHECK(store.row().reason.empty());
    reslot(store.database, store.message, k_now, k_now + hours(2), k_now + hours(24), key(7));
    REQUIRE(store.try_hand_over() == Refusal::none);
    CHECK_FALSE(reslot(store.database, store.message, k_now, k_now, k_now));
    CHECK_FALSE(withdraw(store.database, store.message, MessageState::cancelled, "replied"));
    CHECK(store.row().state == MessageState::inflight);
}

TEST_CASE("each message of a campaign is read once, with what came back for it, and nothing of other messages") {
    Store store;
    const auto ben = store.commit([&] { return add_person(store.database, "ben", key(9)); });
    const auto his = insert_enrolment(store.database, enrolment_of(ben, 9));
    const auto to_ben = *insert_message(store.database, message_for(enrolment_of(ben, 9), his, store.rule_set));
    Message test;  // of a text, filled with what is known of ana
    test.purpose = MessagePurpose::test;
    test.candidate = store.person;
    test.slot = k_now;
    const auto tried = *insert_message(store.database, test);
    const auto guide = *insert_message(
        store.database, message_for(enrolment_of(store.person), store.enrolment, store.rule_set, "guide"));
    withdraw(store.database, guide, MessageState::cancelled, "replied");
    REQUIRE(store.try_hand_over() == Refusal::none);
    store.answer(nurture::connectors::Answer::accepted, k_now + seconds(3));
    for (const auto message : {store.message, to_ben, tried, guide})
        add_feedback(store.database, message, "opened", k_now + hours(message));
    add_feedback(store.database, store.message, "clicked", k_now);

    const auto seen = [&](IdRange people) {
        std::vector<std::string> lines;
        scan_ledger(store.database, people, [&](const LedgerRow& row) {
            lines.push_back((row.candidate == ben ? "ben " : "ana ") + std::string(row.step) + ' ' +
                            std::string(to_text(row.state)) + (has_place(row.state) ? " has a place" : ""));
            CHECK(row.counted_at.has_value() == (row.message == store.message));
            for (const Feedback& feedback : row.feedback) {
                lines.push_back(feedback.kind);
                CHECK(feedback.at == (feedback.kind == "clicked" ? k_now : k_now + hours(row.message)));
            }
        });
        return lines;
    };
    using Lines = std::vector<std::string>;
    const Lines hello{"ana hello SENT has a place", "clicked", "opened"};
    const Lines to_him{"ben hello READY has a place", "opened"};
    const Lines withdrawn{"ana guide CANCELLED", "opened"};
    const auto together = [](std::initializer_list<Lines> parts) {
        Lines all;
        for (const auto& part : parts)
            all.insert(all.end(), part.begin(), part.end());
        return all;
    };
    CHECK(seen({}) == together({hello, to_him, withdrawn}));
    CHECK(seen({store.person, ben}) == together({hello, withdrawn, to_him}));
    CHECK(seen({store.person, store.person}) == together({hello, withdrawn}));
}

TEST_CASE("feedback counts once") {
    Store store;
    CHECK(add_feedback(store.database, store.message, "clicked", k_now));
    CHECK_FALSE(add_feedback(store.database, store.message, "clicked", k_now + hours(1)));
    REQUIRE(feedback_of(store.database, store.message).size() == 1);
    CHECK(feedback_of(store.database, store.message)[0].at == k_now);
}

TEST_CASE("an enrolment comes back as it was written") {
    Store store;
    auto e = *enrolment(store.database, store.enrolment);
    e.position = 4;
    e.held_since = k_now - hours(2);
    e.approval = 3;
    e.muted = true;
    e.step = "";
    e.phase = Phase::waiting;
    e.anchor = k_now;
    e.months_anchor = k_now - days(31);
    e.due = k_now + days(4);
    e.paused_until = k_now + days(1);
    e.ready_since = k_now - hours(1);
    e.blocked = "quiet hours";
    e.event_value = "CCRA, CCRP";
    e.event_at = k_now - days(2);
    put_enrolment(store.database, e);
    const auto back = *enrolment(store.database, store.enrolment);
    CHECK(back.position == 4);
    CHECK(back.phase == Phase::waiting);
    CHECK(back.anchor == e.anchor);
    CHECK(back.months_anchor == e.months_anchor);
    CHECK(back.held_since == e.held_since);
    CHECK(back.approval == 3);
    CHECK(back.muted);
    CHECK(back.due == e.due);
    CHECK(back.paused_until == e.paused_until);
    CHECK(back.ready_since == e.ready_since);
    CHECK(back.blocked == "quiet hours");
    CHECK(back.event_value == "CCRA, CCRP");
    CHECK(back.event_at == e.event_at);
    CHECK(back.step_list == hash(9));
}

TEST_CASE("older steps are found with the people on them, by campaign and by age") {
    Store store;  // one person in "ICU re-engagement", on list 9
    const auto later = store.commit([&] {
        return apply_rule_set(store.database, rules(2), {{hash(3), "ICU re-engagement"}, {hash(8), "News"}});
    });
    const auto put = [&](std::uint8_t number, const std::string& campaign, std::uint8_t list, int position,
                         Phase phase) {
        auto e =
            enrolment_of(store.commit([&] { return add_person(store.database, {static_cast<char>(number)}, {}); }));
        e.addr_key = key(number);
        e.campaign = campaign;
        e.step_list = hash(list);
        e.position = position;
        e.phase = phase;
        e.anchor = e.due = k_now;
        insert_enrolment(store.database, e);
    };
    put('a', "ICU re-engagement", 9, 4, Phase::asked);
    put('b', "ICU re-engagement", 9, 4, Phase::waiting);  // done with it: the next line comes
    put('c', "ICU re-engagement", 3, 1, Phase::released);
    put('d', "News", 8, 0, Phase::pending);
    put('e', "News", 9, 2, Phase::released);
    put('f', "News", 9, 2, Phase::released);

    const auto older = [&](const IsTodays& is_todays) {
        std::vector<std::string> lines;
        for (const StepListRow& row : older_step_lists(store.database, is_todays)) {
            lines.push_back(row.campaign + " list " + std::to_string(row.hash[0]) +
                            (row.rule_set == later ? " of later" : " of before"));
            for (const auto& [position, people] : row.positions)
                lines.back() += ", " + std::to_string(people) + " at " + std::to_string(position);
        }
        return lines;
    };
    using Lines = std::vector<std::string>;
    CHECK(older([](auto, auto&) { return false; }) ==
          Lines{"ICU re-engagement list 9 of before, 1 at 0, 1 at 4, 1 at 5",
                "ICU re-engagement list 3 of later, 1 at 1", "News list 9 of before, 2 at 2"});
    CHECK(older([](auto campaign, auto& list) { return campaign == "News" && list == hash(9); }).size() == 2);
    CHECK(older([](auto, auto&) { return true; }).empty());
}

TEST_CASE("who was pending while other rules were applied comes in by their steps") {
    Store store;
    auto e = *enrolment(store.database, store.enrolment);
    e.step_list = hash(10);
    store.commit([&] {
        apply_rule_set(store.database, rules(2), {{hash(10), "ICU re-engagement"}});
        put_enrolment(store.database, e);
    });
    CHECK(enrolment(store.database, store.enrolment)->step_list == hash(10));
}

TEST_CASE("a human step is decided once") {
    Store store;
    HumanStep approval;
    approval.enrolment = store.enrolment;
    approval.candidate = store.person;
    approval.kind = HumanKind::approval;
    approval.owner = "dana.wu";
    approval.asked_at = k_now;
    approval.deadline = k_now + days(2);
    approval.shown = hash(5);
    const auto id = insert_human_step(store.database, approval);
    CHECK(open_human_steps(store.database, "dana.wu").size() == 1);
    CHECK(open_human_steps(store.database, "lee.ortiz").empty());
    CHECK(decide_human_step(store.database, id, "approved", k_now, "dana.wu", ""));
    CHECK_FALSE(decide_human_step(store.database, id, "refused", k_now, "lee.ortiz", "no"));
    CHECK(human_step(store.database, id)->decision == "approved");
    CHECK(open_human_steps(store.database).empty());
}

TEST_CASE("counters and gates keep their latest value") {
    Store store;
    put_quota(store.database, {"enrol", "ICU re-engagement", 20515, 40, 12});
    put_quota(store.database, {"enrol", "ICU re-engagement", 20515, 40, 13});
    put_quota(store.database, {"enrol", "ICU re-engagement", 20514, {}, 40});
    prune_quotas(store.database, "enrol", 20515);
    REQUIRE(quotas(store.database).size() == 1);
    CHECK(quotas(store.database)[0].used == 13);
    put_check_run(store.database, {"ICU re-engagement", k_now - days(1)});
    put_check_run(store.database, {"ICU re-engagement", k_now});
    REQUIRE(check_runs(store.database).size() == 1);
    CHECK(check_runs(store.database)[0].ran_for == k_now);
    put_gate(store.database, {"breaker", "ICU re-engagement", k_now, {}, 7, "hard bounces"});
    CHECK(gates(store.database).at(0).why == "hard bounces");
    CHECK(remove_gate(store.database, "breaker", "ICU re-engagement"));
    CHECK(gates(store.database).empty());
}

TEST_CASE("one rule set is live, older ones can come back, and each brings its step lists") {
    Store store;
    CHECK(live_rule_set(store.database)->id == store.rule_set);
    const auto second = store.commit([&] { return apply_rule_set(store.database, rules(2), {{hash(10), "Other"}}); });
    CHECK(live_rule_set(store.database)->hash == hash(2));
    auto back = rules(1);
    back.applied_at = k_now;
    back.bounds = {{"ICU re-engagement", 180}};
    const auto before = inbox_end(store.database);
    CHECK(store.commit([&] {
        return apply_rule_set(store.database, back, {{hash(9), "ICU re-engagement"}});
    }) == store.rule_set);
    const auto live = live_rule_set(store.database);
    CHECK(live->id == store.rule_set);
    CHECK(live->bounds.at("ICU re-engagement") == 180);
    CHECK(live->files.at(0).text == "edition 2026\n");
    CHECK(rule_set_history(store.database).size() == 2);
    const auto applied = applications(store.database);
    REQUIRE(applied.size() == 3);
    CHECK((applied[0].hash == hash(1) && applied[1].hash == hash(2) && applied[2].hash == hash(1)));
    CHECK((applied[0].live && !applied[1].live && !applied[2].live));
    CHECK((applied[0].last_of_set && applied[1].last_of_set && !applied[2].last_of_set));
    CHECK(applied[0].at == k_now);
    CHECK(rule_set_of_steps(store.database, hash(10)) == second);
    CHECK(inbox_after(store.database, before, 1).at(0).subject == store.rule_set);
}

TEST_CASE("the inbox is read after a cursor and pruned behind it without its numbers going back") {
    Store store;
    const auto end = inbox_end(store.database);
    prune_inbox(store.database, end);
    CHECK(inbox_end(store.database) == end);
    store.commit([&] { append_changed(store.database, {5, 9, 3, 4, 4, 10}, k_now, "import"); });
    const auto rows = inbox_after(store.database, end, 10);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].seq == end + 1);
    CHECK((rows[0].first == 3 && rows[0].last == 5));
    CHECK((rows[1].first == 9 && rows[1].last == 10));
    CHECK(inbox_after(store.database, 0, 10).size() == 3);
}
