// SPDX-License-Identifier: MIT
#include "tests/importer/sample.hpp"

#include <catch2/catch.hpp>

using namespace nurture::importer;
using namespace nurture::importer::sample;
using nurture::store::Channel;
using nurture::store::ConsentStatus;
using nurture::store::InboxKind;
using Strings = std::vector<std::string>;

namespace {

struct Histories : Import {
    Histories() {
        candidates("ref,email\nc1,ana@candidates.example\nc2,tom@candidates.example\n");
        start = nurture::store::inbox_end(database);
    }
    Strings events() const {
        Strings all;
        nurture::store::EventScan scan(database);
        nurture::store::EventRow row;
        while (scan.next(row)) {
            all.push_back(std::to_string(row.candidate) + ' ' + std::string(row.kind) + ' ' +
                          nurture::base::format_instant(row.at) + ' ' + std::string(row.detail));
        }
        return all;
    }
    std::vector<nurture::store::InboxRow> told() const { return nurture::store::inbox_after(database, start, 100); }
    Strings reasons(const Summary& summary) const {
        Strings all;
        for (const auto& reason : summary.reasons) {
            all.push_back(reason.column + ": " + reason.reason);
        }
        return all;
    }
    nurture::store::InboxSeq start = 0;
};

const char* k_events = "ref,event,at,detail\n"
                       "c1,applied,2026-01-31T14:05:00Z,\n"
                       "c1,Attended,2026-02-01T09:00:00-05:00,Spring Career Fair 2026\n"
                       "c2,clicked,2025-11-05,\n";

}  // namespace

TEST_CASE("events come in once, with the engine told whom to look at again") {
    Histories import;
    const auto summary = import.take(What::events, k_events);
    CHECK(summary.added == 3);
    CHECK(summary.starts_left_out == 3);
    CHECK(import.events() == Strings{"1 applied 2026-01-31T14:05:00Z ",
                                     "1 attended 2026-02-01T14:00:00Z Spring Career Fair 2026",
                                     "2 clicked 2025-11-05T00:00:00Z "});
    const auto told = import.told();
    REQUIRE(told.size() == 1);
    CHECK(told[0].kind == InboxKind::changed);
    CHECK((told[0].first == 1 && told[0].last == 2));
    CHECK(import.take(What::events, k_events).unchanged == 3);
    CHECK(import.told().size() == 1);
}

TEST_CASE("events that happen now tell the engine what happened and when") {
    Histories import;
    import.options.live = true;
    CHECK(import.take(What::events, k_events).starts_left_out == 0);
    const auto told = import.told();
    REQUIRE(told.size() == 4);
    CHECK(told[1].kind == InboxKind::happened);
    CHECK(told[1].field == "attended");
    CHECK(told[1].now == "Spring Career Fair 2026");
    CHECK(told[1].happened_at == nurture::support::at("2026-02-01T14:00Z"));
    CHECK(told[1].live);
}

TEST_CASE("an event row that cannot be right is rejected with its reason") {
    Histories import;
    const auto summary = import.take(What::events, "ref,event,at,detail\n"
                                                   "c9,applied,2026-01-31,\n"
                                                   ",applied,2026-01-31,\n"
                                                   "c1,aplied,2026-01-31,\n"
                                                   "c1,applied,yesterday,\n"
                                                   "c1,applied,2026-02-30T10:00:00Z,\n"
                                                   "c1,applied,2027-01-01,\n"
                                                   "c1,attended,2026-01-31,\n"
                                                   "c1,applied,2026-01-31,\n");
    CHECK(summary.added == 1);
    CHECK(import.reasons(summary) ==
          Strings{"ref: nobody in the store has it: import the candidates first", "ref: blank",
                  "event: no `events` block of the rules has an event of this name",
                  "at: not an instant: write it as 2026-01-31T14:05:00Z or 2026-01-31", "at: there is no such day",
                  "at: in the future", "detail: blank: this event has a name"});
}

TEST_CASE("who unsubscribed or complained in the system that history comes from is suppressed here") {
    Histories import;
    import.take(What::events, "ref,event,at\nc1,unsubscribed,2025-06-01\nc2,complained,2025-06-01\n");
    for (const auto* ref : {"c1", "c2"}) {
        const auto key = *nurture::store::read_candidate(import.database, import.id(ref), {})->email_key;
        CHECK(nurture::store::suppression(import.database, key, Channel::email, k_now));
    }
}

TEST_CASE("consents come in with their date, and the latest one holds whatever the order of the file") {
    Histories import;
    const char* file = "ref,consent,status,at,source\n"
                       "c1,Job News,withdrawn,2026-02-01,letter\n"
                       "c1,job news,given,2025-01-01,form\n"
                       "c2,job news,given,2026-02-01,\n"
                       "c2,text alerts,Given,2026-02-01,\n"
                       "c2,job news,perhaps,2026-02-01,\n"
                       "c2,job news,given,2099-01-01,\n";
    const auto summary = import.take(What::consents, file);
    CHECK(summary.added == 4);
    CHECK(import.reasons(summary) == Strings{"status: neither given nor withdrawn", "at: in the future"});
    CHECK(summary.unknown_names == Strings{"consent \"text alerts\""});
    CHECK(nurture::store::consent_status(import.database, import.id("c1"), "job news") == ConsentStatus::withdrawn);
    CHECK(nurture::store::consent_status(import.database, import.id("c2"), "job news") == ConsentStatus::given);
    CHECK(import.take(What::consents, file).unchanged == 4);
    CHECK(import.told().size() == 1);
}

TEST_CASE("a list file names people by ref or by address") {
    Histories import;
    import.options.list = "do not contact";
    CHECK(import.take(What::list, "ref\nc1\nc9\n").added == 1);
    CHECK(import.take(What::list, "email\nTOM@candidates.example\nnobody@candidates.example\nc1\n").rejected == 2);
    CHECK(nurture::store::list_names(import.database).at(0).name == "Do not contact");
    CHECK(nurture::store::list_names(import.database).at(0).people == 2);
    CHECK(import.take(What::list, "ref\nc1\n").unchanged == 1);
    import.options.live = true;
    import.options.list = "Spring Career Fair";
    const auto before = nurture::store::inbox_end(import.database);
    CHECK(import.take(What::list, "ref\nc1\n").unknown_names == Strings{"list \"Spring Career Fair\""});
    CHECK(nurture::store::inbox_after(import.database, before, 1).at(0).kind == InboxKind::joined);
    CHECK_THROWS_WITH(import.take(What::list, "name\nAna\n"), Catch::Contains("there is no column `ref`"));
}
