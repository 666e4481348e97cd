// SPDX-License-Identifier: MIT
#include "daemon/store/enrolments.hpp"
#include "daemon/store/handover.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/suppressions.hpp"
#include "tests/persist/living_store.hpp"
#include "tests/support/busy_world.hpp"
#include "tests/support/story.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace nurture;
using persist::test::LivingStore;
using persist::test::Minute;
using support::house;
using support::templates;

namespace {

std::string drip(std::string_view steps, std::string_view header = "") {
    return house() +
           "segment \"Open people\"\n  stage is \"Open\"\nend\ncampaign \"Drip\"\n  owner \"dana.wu\"\n  audience "
           "\"Open people\"\n"
           "  from owner\n  check every day at 07:00\n  enroll at most 40 per day\n  re-enter after 30 days\n  stop "
           "when candidate has replied\n"
           "  stop when candidate leaves the audience\n" +
           std::string(header) + "\n" + std::string(steps) + "\nend\n" + templates({"one", "two", "three"});
}

constexpr std::string_view k_steps =
    "  step review: approval by owner within 2 business days, otherwise stop\n  step a: email \"one\"\n"
    "  wait up to 5 days until a is clicked\n  if a was clicked\n    step t: task for owner \"Call\"\n"
    "  otherwise\n    step b: email \"two\" in the thread of a\n  end";

std::vector<std::string> states(store::Database& database) {
    std::vector<std::string> texts;
    store::scan_messages(
        database, [&](const store::Message& m) { texts.push_back(m.step + " " + std::string(to_text(m.state))); });
    return texts;
}

/// The people and three weeks of the busy world, in a store.
void busy(LivingStore& s, std::uint64_t seed) {
    auto dice = [state = seed * 7919 + 17](std::uint64_t n) mutable {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % n;
    };
    const std::vector<std::string> stages{"Open", "Open", "Interviewing", "Hired"};
    const std::vector<std::string> owners{"", "lee.ortiz", "priya.nair"};
    for (int i = 0; i < 10; ++i) {
        std::map<std::string, std::string> fields{{"stage", stages[dice(4)]},
                                                  {"time_zone", dice(2) == 0 ? "America/New_York" : ""},
                                                  {"owner", owners[dice(3)]}};
        if (dice(3) == 0)
            fields["license_expires"] = "2026-03-" + std::to_string(10 + dice(19));
        if (dice(5) == 0 && i > 0)
            fields["email"] = "p" + std::to_string(dice(static_cast<std::uint64_t>(i))) + "@candidates.example";
        s.put("p" + std::to_string(i), fields);
    }
    for (int i = 0; i < 45; ++i) {
        const std::string ref = "p" + std::to_string(dice(10));
        const auto day = std::to_string(2 + dice(18));
        const std::string when = "2026-03-" + std::string(day.size() == 1 ? "0" : "") + day + " " +
                                 std::to_string(10 + dice(10)) + ":" + std::to_string(10 + dice(50));
        const std::string stage = stages[dice(4)];
        const bool live = dice(2) == 0;
        const std::string owner = owners[dice(3)];
        switch (dice(9)) {
        case 8: s.at(when, [&s, ref, owner](Minute) { s.put(ref, {{"owner", owner}}, true); }); break;
        case 0: s.at(when, [&s, ref, stage, live](Minute) { s.put(ref, {{"stage", stage}}, live); }); break;
        case 1: s.at(when, [&s, ref](Minute) { s.put(ref, {{"certifications", "CCRA;CCRP"}}, true); }); break;
        case 2: s.at(when, [&s, ref](Minute now) { s.event(ref, "attended", "Fair", now); }); break;
        case 3: s.at(when, [&s, ref](Minute now) { s.event(ref, "applied", "Nurse", now); }); break;
        case 4: s.at(when, [&s, ref](Minute now) { s.event(ref, "auto_replied", "", now); }); break;
        case 5: s.at(when, [&s, ref](Minute now) { s.event(ref, "replied", "", now); }); break;
        case 6: s.at(when, [&s, ref](Minute now) { s.feedback(ref, "a", "clicked", now); }); break;
        default: s.at(when, [&s, live](Minute now) { s.decide_all(live, now); }); break;
        }
    }
    s.answers = {connectors::Answer::accepted, connectors::Answer::in_doubt, connectors::Answer::rejected};
}

}  // namespace

TEST_CASE("What the engine knows is what the store says, after every tick") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        LivingStore s(support::busy_rules());
        busy(s, seed);
        s.begin("2026-03-02 06:00");
        s.run_until("2026-03-24 00:00");
        CHECK(s.compared > 50);
        CHECK(states(s.database()).size() > 5);
    }
}

TEST_CASE("A restart at every wake changes nothing") {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        LivingStore steady(support::busy_rules()), restarted(support::busy_rules());
        for (LivingStore* s : {&steady, &restarted}) {
            s->check_after_commit = false;
            busy(*s, seed);
            s->restart_at_every_wake = s == &restarted;
            s->begin("2026-03-02 06:00");
            s->run_until("2026-03-24 00:00");
        }
        CHECK(steady.decisions == restarted.decisions);
        CHECK(states(steady.database()) == states(restarted.database()));
        CHECK(store::journal_head(steady.database()).hash == store::journal_head(restarted.database()).hash);
        CHECK(store::verify_journal(steady.database()).ok());
    }
}

TEST_CASE("A start tells how far it is, messages and enrolments included") {
    constexpr int k_people = 9'000;  // it speaks every four thousand rows
    std::vector<int> told;
    persist::Setup setup;
    setup.reading = [&](int percent) { told.push_back(percent); };
    std::string rules = drip("  wait 10 days\n  step a: email \"one\"");
    rules.replace(rules.find("at most 40"), 10, "at most 9000");
    LivingStore s(rules, setup);
    s.check_after_commit = false;
    for (int i = 0; i < k_people; ++i)
        s.put(std::to_string(i), {{"stage", "Open"}});
    s.begin("2026-03-02 06:59");
    s.run_until("2026-03-02 07:00");
    REQUIRE(s.state().book.size() == k_people);
    const auto load = [&] { return persist::load_live(s.database(), s.state().rules, setup, s.state().now); };
    CHECK(engine::same(*load(), s.state()));
    const auto rule_set = store::live_rule_set(s.database())->id;
    s.state().book.for_each([&](const engine::Enrolment& e) {
        store::Message message;
        message.enrolment = e.id;
        message.candidate = e.who;
        message.campaign = "Drip";
        message.step = "a";
        message.rule_set = rule_set;
        message.addr_key = {static_cast<std::uint8_t>(e.id), static_cast<std::uint8_t>(e.id / 256)};
        REQUIRE(store::insert_message(s.database(), message));
    });
    told.clear();
    load();
    CHECK(told.size() > 7);
    CHECK(std::is_sorted(told.begin(), told.end(), std::less_equal<>{}));
    CHECK(told.front() < 20);
    CHECK(std::count_if(told.begin(), told.end(), [](int percent) { return percent > 29 && percent < 40; }) == 2);
    CHECK(told.back() > 80);
    CHECK(told.back() <= 100);
}

TEST_CASE("An approval, a message and its thread reach the store with what they need") {
    LivingStore s(drip(k_steps));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-02 08:00", [&](Minute now) { s.decide_all(true, now); });
    s.run_until("2026-03-12 00:00");
    CHECK(states(s.database()) == std::vector<std::string>{"a SENT", "b SENT"});
    std::vector<store::Message> messages = store::messages_of_candidate(s.database(), s.id("ana"));
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].owner == "dana.wu");
    CHECK(messages[0].consent == "job news");
    CHECK(messages[0].approval != 0);
    CHECK(messages[0].shown == store::Hash{7});
    CHECK(messages[1].thread == messages[0].id);
    CHECK(messages[1].round == 1);
    CHECK(store::enrolments_of(s.database(), s.id("ana")).at(0).end_reason == "completed");
}

TEST_CASE("A click recorded in the store ends the wait, and the task waits for its person") {
    LivingStore s(drip(k_steps));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-02 08:00", [&](Minute now) { s.decide_all(true, now); });
    s.at("2026-03-03 15:10", [&](Minute now) { s.feedback("ana", "a", "clicked", now); });
    s.run_until("2026-03-12 00:00");
    const auto open = store::open_human_steps(s.database());
    REQUIRE(open.size() == 1);
    CHECK(open[0].kind == store::HumanKind::task);
    CHECK(open[0].text == "Call");
    CHECK(open[0].asked_at == s.minute("2026-03-03 15:10"));
}

TEST_CASE("A stop cancels the row that waits for its slot") {
    LivingStore s(drip("  step a: email \"one\""));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    // A relay that is busy: the message stays READY.
    s.at("2026-03-02 09:00", [&](Minute now) {
        store::Transaction transaction(s.database());
        store::stop(s.database(), now, "test", "hold on");
        transaction.commit();
    });
    s.run_until("2026-03-02 09:30");
    CHECK(states(s.database()).empty());  // the kill switch came first: nothing was released
    s.at("2026-03-02 10:00", [&](Minute now) {
        store::Transaction transaction(s.database());
        store::resume(s.database(), now, "test", "go on");
        transaction.commit();
    });
    s.run_until("2026-03-02 12:00");
    CHECK(states(s.database()) == std::vector<std::string>{"a SENT"});
}

TEST_CASE("A later message under an approval that misses its window goes in the next one, and nobody is asked again") {
    LivingStore s(drip("  step review: approval by owner within 2 business days, otherwise stop\n"
                       "  step a: email \"one\"\n  wait 1 day\n  step b: email \"two\""));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-02 08:00", [&](Minute now) { s.decide_all(true, now); });
    s.check_after_commit = false;  // the end of its window comes sooner than the engine was told
    int missed = 0;
    s.before_handover = [&](Minute now) {
        for (const auto& row : store::messages_of_candidate(s.database(), s.id("ana")))
            if (row.step == "b" && missed++ == 0) {
                s.text_hash = store::Hash{8};  // another text than the one that was shown
                store::Transaction transaction(s.database());
                store::reslot(s.database(), row.id, row.slot, now, row.expires, {});
                transaction.commit();
            }
    };
    s.run_until("2026-03-06 00:00");
    CHECK(missed == 2);
    CHECK(states(s.database()) == std::vector<std::string>{"a SENT", "b SENT"});
    CHECK(store::open_human_steps(s.database()).empty());
}

TEST_CASE("A suppressed address is skipped, and what T2 refuses comes back as an outcome") {
    LivingStore s(drip("  step a: email \"one\"\n  step t: task for owner \"Call\""));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    // Nobody has told the engine yet: T2 is what stands between.
    s.before_handover = [&](Minute now) {
        store::Transaction transaction(s.database());
        const auto row = store::enrolments_of(s.database(), s.id("ana")).at(0);
        store::suppress(s.database(), *row.addr_key, store::Channel::email, "unsubscribed", now);
        transaction.commit();
    };
    s.check_after_commit = false;
    s.run_until("2026-03-03 00:00");
    CHECK(states(s.database()) == std::vector<std::string>{"a SUPPRESSED"});
    CHECK(store::open_human_steps(s.database()).size() == 1);
}

TEST_CASE("Whose address becomes one that has had this step already is skipped, and the daemon goes on") {
    LivingStore s(drip("  step a: email \"one\"\n  step t: task for owner \"Call\""));
    s.put("ana", {{"stage", "Open"}});
    s.put("bob", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    int handed_over = 0;
    s.before_handover = [&](Minute now) {
        if (++handed_over != 2)
            return;
        store::Transaction transaction(s.database());
        store::stop(s.database(), now, "test", "bob's stays behind");
        transaction.commit();
    };
    s.at("2026-03-02 22:00", [&](Minute now) {
        s.put("bob", {{"stage", "Open"}, {"email", "ana@candidates.example"}});
        CHECK(store::expire_messages(s.database(), now) == 1);
    });
    s.at("2026-03-02 22:01", [&](Minute now) {
        store::Transaction transaction(s.database());
        store::resume(s.database(), now, "test", "go on");
        transaction.commit();
    });
    s.check_after_commit = false;
    s.run_until("2026-03-04 00:00");
    CHECK(states(s.database()) == std::vector<std::string>{"a SENT", "a CANCELLED"});
    CHECK(store::open_human_steps(s.database()).size() == 2);
}

TEST_CASE("Another rule set takes over between two ticks, and people keep the steps they began with") {
    LivingStore s(drip("  step a: email \"one\"\n  wait 2 days\n  step b: email \"two\""));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-03 12:00", [&](Minute now) {
        s.apply(drip("  step a: email \"one\"\n  wait 2 days\n  step b: email \"two\"\n  wait 1 day\n  step c: email "
                     "\"three\""),
                now);
        s.put("bo", {{"stage", "Open"}});
    });
    s.run_until("2026-03-20 00:00");
    std::vector<std::string> got;
    store::scan_messages(s.database(), [&](const store::Message& m) {
        got.push_back((m.candidate == s.id("ana") ? "ana " : "bo ") + m.step);
    });
    std::sort(got.begin(), got.end());
    CHECK(got == std::vector<std::string>{"ana a", "ana b", "bo a", "bo b", "bo c"});
}

TEST_CASE("Two records of one mailbox that the engine has not seen as one: the key keeps the second mail back") {
    LivingStore s(drip("  wait 1 day\n  step a: email \"one\"\n  step t: task for owner \"Call\""));
    s.put("ana", {{"stage", "Open"}});
    s.put("anna", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-02 12:00");
    s.at("2026-03-02 13:00", [&](Minute) { s.put("anna", {{"stage", "Open"}, {"email", "ana@candidates.example"}}); });
    s.run_until("2026-03-05 00:00");
    CHECK(states(s.database()) == std::vector<std::string>{"a SENT"});
    CHECK(store::open_human_steps(s.database()).size() == 2);  // the campaign goes on for both
}

TEST_CASE("Test mode lets in who is on the allow-list, also when the address changes") {
    persist::Setup setup;
    setup.settings.test_mode = true;
    setup.allowed = [](std::string_view address) { return address.ends_with("@lonestar.example"); };
    LivingStore s(drip("  step a: email \"one\""), setup);
    s.put("ana", {{"stage", "Open"}, {"email", "ana@lonestar.example"}});
    s.put("bo", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.at("2026-03-02 12:00", [&](Minute) { s.put("bo", {{"stage", "Open"}, {"email", "bo@lonestar.example"}}); });
    s.run_until("2026-03-04 00:00");
    CHECK(states(s.database()) == std::vector<std::string>{"a SENT", "a SENT"});
}

TEST_CASE("The inbox is emptied behind the cursor, and the journal says why") {
    LivingStore s(drip("  step a: email \"one\""));
    s.put("ana", {{"stage", "Open"}});
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 00:00");
    CHECK(store::inbox_after(s.database(), 0, 100).size() <= 1);
    CHECK(store::inbox_cursor(s.database()) == store::inbox_end(s.database()));
    std::vector<std::string> kinds;
    store::scan_journal(s.database(), 0, [&](const store::JournalRow& row) {
        if (row.enrolment != 0 && row.kind != "handover" && row.kind != "outcome")
            kinds.push_back(row.kind + " " + row.body.substr(row.body.find("\"reason\":") + 10, 12));
    });
    REQUIRE(!kinds.empty());
    CHECK(kinds.front() == "enrol entered\",\"li");
    CHECK(kinds.back() == "end completed\",\"");
}

TEST_CASE("A split, a list and its end, and a consent taken back are in the store as the engine has them") {
    LivingStore s(drip("  step trial: split\n    50 percent: email \"one\"\n    40 percent: email \"two\"\n"
                       "    10 percent: nothing\n  end\n  step park: add to list \"Not now\" for 3 days\n"
                       "  wait 1 day\n  step off: remove from list \"Open house\"\n  wait 4 days\n"
                       "  step out: withdraw consent \"job news\"\n  step last: email \"three\"",
                       "  stop when candidate has clicked email \"three\""));
    for (int i = 0; i < 12; ++i)
        s.put("p" + std::to_string(i), {{"stage", "Open"}});
    s.restart_at_every_wake = true;
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-03 09:00");
    const auto listed = [&](const std::string& ref) {
        return store::is_list_member(s.database(), s.id(ref), "Not now", s.minute("2026-03-03 09:00"));
    };
    int on_list = 0, held_out = 0;
    for (int i = 0; i < 12; ++i)
        on_list += listed("p" + std::to_string(i)) ? 1 : 0;
    store::scan_enrolments(s.database(),
                           [&](const store::Enrolment& e) { held_out += e.end_reason == "held-out" ? 1 : 0; });
    CHECK(on_list + held_out == 12);
    CHECK(on_list > 6);
    s.run_until("2026-03-20 00:00");
    int withdrawn = 0;
    for (int i = 0; i < 12; ++i)
        withdrawn += store::consent_status(s.database(), s.id("p" + std::to_string(i)), "job news") ==
                             store::ConsentStatus::withdrawn
                         ? 1
                         : 0;
    CHECK(withdrawn == on_list);
    for (const std::string& state : states(s.database()))
        CHECK(state == "trial SENT");
    CHECK(s.compared > 20);
}

TEST_CASE("A personal note reaches the store as asked, and the message carries what was written") {
    LivingStore s(drip("  step congrats: email \"noted\" with a personal note by owner within 2 business days, "
                       "otherwise skip step") +
                  "template \"noted\" for email\n  subject \"Well done\"\n  | {{personal_note}}\n"
                  "  | {{postal_address}} {{unsubscribe_link}}\nend\n");
    s.put("ana", {{"stage", "Open"}});
    s.at("2026-03-03 11:20", [&](Minute now) { s.decide_all(true, now); });
    s.begin("2026-03-02 06:00");
    s.run_until("2026-03-02 08:00");
    const auto asked = store::open_human_steps(s.database());
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].kind == store::HumanKind::note);
    CHECK(asked[0].message_template == "noted");
    s.run_until("2026-03-20 00:00");
    std::vector<std::int64_t> notes;
    store::scan_messages(s.database(), [&](const store::Message& m) { notes.push_back(m.note); });
    CHECK(notes == std::vector<std::int64_t>{asked[0].id});
    CHECK(states(s.database()) == std::vector<std::string>{"congrats SENT"});
}
