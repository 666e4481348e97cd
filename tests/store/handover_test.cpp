// SPDX-License-Identifier: MIT
#include "daemon/store/handover.hpp"

#include "tests/store/sample.hpp"

#include <catch2/catch.hpp>

using namespace nurture::store;
using namespace nurture::store::sample;
using nurture::connectors::Answer;
using Strings = std::vector<std::string>;

namespace {

HumanStepId approve(Store& store, std::string_view decision) {
    HumanStep step;
    step.enrolment = store.enrolment;
    step.candidate = store.person;
    step.kind = HumanKind::approval;
    step.asked_at = k_now - days(1);
    const auto id = insert_human_step(store.database, step);
    decide_human_step(store.database, id, decision, k_now, "dana.wu", "");
    return id;
}

/// A message of another step that waits for that approval of a text with hash 5.
MessageId approved_message(Store& store, std::string_view decision) {
    auto m = message_for(enrolment_of(store.person), store.enrolment, store.rule_set, "guide");
    m.approval = approve(store, decision);
    m.shown = hash(5);
    return *insert_message(store.database, m);
}

Refusal hand_over(Store& store, MessageId id, std::uint8_t text) {
    const T2 one[] = {{id, attempt(2), key(7), hash(text), "relay"}};
    return commit_batch(store.database, {}, one, {}, k_now).at(0).refusal;
}

}  // namespace

TEST_CASE("a message goes when nothing speaks against it, and attempt and journal are there first") {
    Store store;
    const auto head = journal_head(store.database).seq;
    REQUIRE(store.try_hand_over(k_now + minutes(3)) == Refusal::none);
    const auto row = store.row();
    CHECK(row.state == MessageState::inflight);
    CHECK(row.text_hash == hash(5));
    CHECK(row.counted_at == k_now);
    const auto attempts = attempts_of(store.database, store.message);
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].id == attempt(1));
    CHECK_FALSE(attempts[0].ended_at);
    std::vector<JournalRow> rows;
    scan_journal(store.database, head, [&](const JournalRow& entry) { rows.push_back(entry); });
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].kind == "handover");
    CHECK(rows[0].message == store.message);
    CHECK_THAT(rows[0].body, Catch::Contains(R"("campaign":"ICU re-engagement","step":"hello","channel":"email")"));
    CHECK(store.try_hand_over(k_now + minutes(4)) == Refusal::not_ready);
}

TEST_CASE("a message that somebody stopped in the last moment stays ready until it is resumed") {
    Store store;
    store.commit([&] { stop(store.database, k_now, "lee.ortiz", "wrong text"); });
    CHECK(store.try_hand_over() == Refusal::stopped);
    CHECK(store.row().state == MessageState::ready);
    store.commit([&] { resume(store.database, k_now, "lee.ortiz", "mended"); });
    T2Policy file;
    file.stop_file = true;
    CHECK(store.try_hand_over(k_now, file) == Refusal::stopped);
    CHECK(store.try_hand_over() == Refusal::none);
}

TEST_CASE("what another hand changed since the release keeps a message back, with its reason") {
    Store store;
    const auto before = inbox_end(store.database);
    T2Policy policy;
    policy.never_contact_lists = {"Do not contact"};
    Refusal refusal{};
    std::string state;

    SECTION("the address was suppressed") {
        store.commit([&] { suppress(store.database, key(7), Channel::email, "unsubscribed", k_now); });
        refusal = Refusal::suppressed;
        state = "SUPPRESSED";
    }
    SECTION("consent was withdrawn") {
        add_consent(store.database, {store.person, "job news", k_now, false, "phone"});
        refusal = Refusal::no_consent;
        state = "SUPPRESSED";
    }
    SECTION("the person came onto a never-contact list") {
        add_list_member(store.database, {store.person, "do not contact", k_now, {}});
        refusal = Refusal::never_contact;
        state = "SUPPRESSED";
    }
    SECTION("the person was erased") {
        store.commit([&] { erase_candidate(store.database, store.person, k_now, "dana.wu"); });
        refusal = Refusal::erased;
        state = "CANCELLED";
    }
    CHECK(store.try_hand_over(k_now, policy) == refusal);
    CHECK(to_text(store.row().state) == state);
    CHECK(store.row().reason == to_text(refusal));
    CHECK(store.told(before).back() == "outcome " + state + " to " + std::string(to_text(refusal)));
    CHECK(attempts_of(store.database, store.message).empty());
}

TEST_CASE("in test mode nothing goes to an address off the allow-list, whoever released it") {
    Store store;
    T2Policy test;
    test.reachable = [](std::string_view address) { return address.ends_with("@lonestar.example"); };
    auto request = store.request();
    request.recipient = "ana.ruiz@candidates.example";
    const T2 one[] = {request};
    CHECK(commit_batch(store.database, {}, one, test, k_now).at(0).refusal == Refusal::off_allow_list);
    CHECK(store.row().state == MessageState::suppressed);
    CHECK(store.row().reason == "not on the allow-list");
}

TEST_CASE("a suppression of the other channel does not keep a message back") {
    Store store;
    store.commit([&] { suppress(store.database, key(7), Channel::sms, "STOP", k_now); });
    CHECK(store.try_hand_over() == Refusal::none);
}

TEST_CASE("a message to an address that is no longer the person's waits for a new slot") {
    Store store;
    const T2 one[] = {{store.message, attempt(1), key(99), hash(5), "relay"}};
    CHECK(commit_batch(store.database, {}, one, {}, k_now).at(0).refusal == Refusal::address_changed);
    CHECK(store.row().state == MessageState::held);
}

TEST_CASE("a message outside its opening waits, and one that is too late is never sent") {
    Store store;
    SECTION("the last second of the opening is inside") {
        CHECK(store.try_hand_over(k_now + hours(2) - seconds(1)) == Refusal::none);
    }
    SECTION("the end of the opening is outside") {
        CHECK(store.try_hand_over(k_now + hours(2)) == Refusal::window_closed);
        CHECK(store.row().state == MessageState::held);
    }
    SECTION("after 24 hours nothing goes") {
        CHECK(store.try_hand_over(k_now + hours(24)) == Refusal::too_late);
        CHECK(store.row().state == MessageState::expired);
    }
}

TEST_CASE("an approval stands for the text it was given for, and for no other") {
    Store store;
    SECTION("approved") { CHECK(hand_over(store, approved_message(store, "approved"), 5) == Refusal::none); }
    SECTION("the text changed since") {
        const auto id = approved_message(store, "approved");
        CHECK(hand_over(store, id, 6) == Refusal::approval_lapsed);
        CHECK(message(store.database, id)->state == MessageState::held);
    }
    SECTION("refused") { CHECK(hand_over(store, approved_message(store, "refused"), 5) == Refusal::approval_missing); }
}

TEST_CASE("a cap that others have filled meanwhile holds the message back") {
    Store store;
    REQUIRE(store.try_hand_over() == Refusal::none);
    store.answer(Answer::accepted, k_now + seconds(5));
    const auto next = *insert_message(
        store.database, message_for(enrolment_of(store.person), store.enrolment, store.rule_set, "guide"));
    T2Policy policy;
    policy.caps = {{1, {}, hours(24)}};
    const T2 one[] = {{next, attempt(2), key(7), hash(5), "relay"}};
    SECTION("within the time") {
        CHECK(commit_batch(store.database, {}, one, policy, k_now + minutes(30)).at(0).refusal == Refusal::cap_full);
    }
    SECTION("a cap on the other channel is not this one's") {
        policy.caps[0].channel = Channel::sms;
        CHECK(commit_batch(store.database, {}, one, policy, k_now + minutes(30)).at(0).go());
    }
    SECTION("a cap on one kind of message counts that kind, and holds back that kind") {
        const auto refusal = [&] {
            return commit_batch(store.database, {}, one, policy, k_now + minutes(30)).at(0).refusal;
        };
        SECTION("both are of it") {
            policy.caps[0].templates = {{Channel::email, "icu-hello"}, {Channel::email, "other"}};
            CHECK(refusal() == Refusal::cap_full);
        }
        SECTION("neither is") {
            policy.caps[0].templates = {{Channel::email, "other"}, {Channel::sms, "icu-hello"}};
            CHECK(refusal() == Refusal::none);
        }
    }
    SECTION("of several each counts over its own time") {
        const auto refusal = [&](int of_a_week) {
            policy.caps = {{1, {}, hours(24)}, {of_a_week, {}, hours(7 * 24)}};
            reslot(store.database, next, k_now + hours(30), k_now + hours(32), k_now + hours(54));
            return commit_batch(store.database, {}, one, policy, k_now + hours(30)).at(0).refusal;
        };
        CHECK(refusal(1) == Refusal::cap_full);
        CHECK(refusal(2) == Refusal::none);
    }
    SECTION("the first minute after it") {
        reslot(store.database, next, k_now + hours(24), k_now + hours(26), k_now + hours(48));
        CHECK(commit_batch(store.database, {}, one, policy, k_now + hours(24)).at(0).go());
    }
}

TEST_CASE("a message that is tried again on the next day asks for a slot of that day, where caps count days") {
    Store store;
    const Instant midnight = std::chrono::ceil<std::chrono::days>(k_now), slot = midnight - minutes(30);
    const Instant next_day = midnight + minutes(10);
    reslot(store.database, store.message, slot, slot + hours(4), slot + hours(24));
    T2Policy policy;
    const T2 one[] = {{store.message, attempt(1), key(7), hash(5), "relay"}};
    SECTION("no cap counts days") { CHECK(commit_batch(store.database, {}, one, policy, next_day).at(0).go()); }
    SECTION("a cap does") {
        policy.days_of = nurture::base::ZoneId::utc;
        CHECK(commit_batch(store.database, {}, one, policy, next_day).at(0).refusal == Refusal::day_over);
        CHECK(store.row().state == MessageState::held);
    }
    SECTION("in the policy's zone it is still the same day") {
        policy.days_of = nurture::base::find_zone("America/Chicago");
        CHECK(commit_batch(store.database, {}, one, policy, next_day).at(0).go());
    }
    SECTION("a quarter of an hour later it still counts at its slot") {
        policy.days_of = nurture::base::ZoneId::utc;
        reslot(store.database, store.message, slot + minutes(25), slot + hours(4), slot + hours(24));
        CHECK(commit_batch(store.database, {}, one, policy, next_day - minutes(5)).at(0).go());
    }
}

TEST_CASE("a clock that was set back holds everything until it is right") {
    Store store;
    raise_clock_max(store.database, k_now + hours(1));
    CHECK(store.try_hand_over() == Refusal::clock_back);
    CHECK(store.row().state == MessageState::ready);
    CHECK(store.try_hand_over(k_now + minutes(56)) == Refusal::none);
}

TEST_CASE("a clock that was set back since a message was claimed does not let it go before its slot") {
    Store store;
    CHECK(store.try_hand_over(store.row().slot - minutes(1)) == Refusal::not_ready);
    CHECK(store.row().state == MessageState::ready);
    CHECK(store.try_hand_over(store.row().slot) == Refusal::none);
}

TEST_CASE("putting a message off never brings it forward: it may have another slot by now") {
    Store store;
    const auto tomorrow = k_now + days(1);
    CHECK(reslot(store.database, store.message, tomorrow, tomorrow + hours(8), tomorrow + days(1), {}));
    const PutOff later[] = {{store.message, k_now + minutes(1)}};
    put_off(store.database, later);
    CHECK(due_messages(store.database, Channel::email, k_now + minutes(2), 10).empty());
    CHECK(due_messages(store.database, Channel::email, tomorrow, 10).size() == 1);
}

TEST_CASE("in one commit outcomes stand before new hand-overs") {
    Store store;
    REQUIRE(store.try_hand_over() == Refusal::none);
    const auto next = *insert_message(
        store.database, message_for(enrolment_of(store.person), store.enrolment, store.rule_set, "guide"));
    const auto head = journal_head(store.database).seq;
    T3 bounced{store.message, attempt(1), "relay", {}, {}, "hard bounce", {}};
    bounced.outcome.answer = Answer::rejected;
    bounced.outcome.code = 550;
    bounced.outcome.enhanced = "5.1.1";
    const T3 outcomes[] = {bounced};
    const T2 requests[] = {{next, attempt(2), key(7), hash(5), "relay"}};
    // The address died in the same batch: the next message to it does not go.
    CHECK(commit_batch(store.database, outcomes, requests, {}, k_now + seconds(1)).at(0).refusal ==
          Refusal::suppressed);
    CHECK(store.row().state == MessageState::rejected);
    CHECK(store.row().reason == "550 5.1.1");
    Strings kinds;
    scan_journal(store.database, head,
                 [&](const JournalRow& row) { kinds.push_back(row.kind + (row.message == next ? " next" : "")); });
    CHECK(kinds == Strings{"outcome", "suppressed", "outcome next"});
}

TEST_CASE("an accepted message counts at its slot when it left soon after it, else at its own minute") {
    Store store;
    REQUIRE(store.try_hand_over() == Refusal::none);
    SECTION("soon") {
        store.answer(Answer::accepted, k_now + minutes(14) + seconds(59));
        CHECK(store.row().counted_at == k_now);
    }
    SECTION("late") {
        store.answer(Answer::accepted, k_now + minutes(15) + seconds(30));
        CHECK(store.row().counted_at == k_now + minutes(15));
    }
    CHECK(store.row().state == MessageState::sent);
    CHECK(store.row().accepted_at);
    CHECK(attempts_of(store.database, store.message).at(0).outcome == "accepted");
}

TEST_CASE("a deferred message comes back at its next try, or expires when that would be too late") {
    Store store;
    const auto before = inbox_end(store.database);
    REQUIRE(store.try_hand_over() == Refusal::none);
    SECTION("later") {
        store.answer(Answer::deferred, k_now + seconds(2), k_now + minutes(5));
        CHECK(store.row().state == MessageState::ready);
        CHECK(store.row().tries == 1);
        CHECK(store.row().not_before == k_now + minutes(5));
        CHECK_FALSE(store.row().counted_at);
        CHECK(store.told(before).empty());
    }
    SECTION("too late") {
        store.answer(Answer::deferred, k_now + seconds(2), k_now + hours(24));
        CHECK(store.row().state == MessageState::expired);
        CHECK(store.told(before) == Strings{"outcome EXPIRED to too late"});
    }
}

TEST_CASE("a relay that cannot be reached before anything was sent leaves the message ready") {
    Store store;
    store.answer(Answer::deferred, k_now, k_now + minutes(5));
    CHECK(store.row().state == MessageState::ready);
    CHECK(attempts_of(store.database, store.message).at(0).outcome == "deferred");
    withdraw(store.database, store.message, MessageState::cancelled, "replied");
    store.answer(Answer::deferred, k_now + minutes(5), k_now + minutes(15));
    CHECK(store.row().state == MessageState::cancelled);
}

TEST_CASE("a dead address is suppressed, also when its message was withdrawn meanwhile or goes to another by now") {
    Store store;
    T3 t3{store.message, attempt(1), "smtp://relay.example:25", {}, {}, "hard-bounce"};
    t3.outcome.answer = Answer::rejected;
    t3.addr_key = key(6);
    SECTION("withdrawn") { withdraw(store.database, store.message, MessageState::cancelled, "replied"); }
    SECTION("still waiting") {}
    commit_batch(store.database, std::span(&t3, 1), {}, {}, k_now);
    CHECK(suppression(store.database, key(6), Channel::email, k_now));
    CHECK_FALSE(suppression(store.database, key(7), Channel::email, k_now));
}

TEST_CASE("whatever a dead process left in flight is in doubt and never ready again") {
    Store store;
    const auto before = inbox_end(store.database);
    REQUIRE(store.try_hand_over() == Refusal::none);
    CHECK(recover(store.database, k_now + hours(1)) == 1);
    CHECK(recover(store.database, k_now + hours(1)) == 0);
    CHECK(store.row().state == MessageState::in_doubt);
    CHECK(store.row().counted_at == k_now);
    CHECK(store.told(before) == Strings{"outcome IN_DOUBT to the program ended before the answer"});
    CHECK(due_messages(store.database, Channel::email, k_now + days(1), 10).empty());
    CHECK(open_doubts(store.database).size() == 1);

    CHECK(close_old_doubts(store.database, k_now + hours(71)) == 0);
    CHECK(close_old_doubts(store.database, k_now + hours(72)) == 1);
    CHECK(open_doubts(store.database).empty());
    CHECK(store.row().state == MessageState::in_doubt);
    CHECK(settle_doubt(store.database, store.message, true, "bounced later: it had arrived", k_now + hours(80)));
    CHECK(store.row().state == MessageState::sent);
    CHECK_FALSE(settle_doubt(store.database, store.message, false, "again", k_now + hours(81)));
}

TEST_CASE("after downtime what is too late expires and what missed its opening waits for a new slot") {
    Store store;
    auto other = message_for(enrolment_of(store.person), store.enrolment, store.rule_set, "guide");
    other.expires = k_now + hours(1);
    const auto guide = *insert_message(store.database, other);
    CHECK(expire_messages(store.database, k_now + hours(3)) == 2);
    CHECK(message(store.database, guide)->state == MessageState::expired);
    CHECK(store.row().state == MessageState::held);
    CHECK(store.row().reason == "window closed");
}

TEST_CASE("a message to staff needs no consent, but stops and suppressions hold for it") {
    Store store;
    Message test;
    test.purpose = MessagePurpose::test;
    test.recipient = "dana.wu";
    test.addr_key = key(40);
    test.message_template = "icu-hello";
    test.slot = test.not_before = k_now;
    test.closes = test.expires = k_now + hours(24);
    const auto id = *insert_message(store.database, test);
    const T2 one[] = {{id, attempt(3), key(40), hash(5), "relay"}};
    SECTION("goes") { CHECK(commit_batch(store.database, {}, one, {}, k_now).at(0).go()); }
    SECTION("suppressed") {
        store.commit([&] { suppress(store.database, key(40), Channel::email, "by hand", k_now); });
        CHECK(commit_batch(store.database, {}, one, {}, k_now).at(0).refusal == Refusal::suppressed);
    }
}
