// SPDX-License-Identifier: MIT
// `nurture` in this process: what is typed in, what is printed, the exit code.
#include "desk.hpp"

#include "daemon/cli/plan_record.hpp"
#include "daemon/store/suppressions.hpp"

using namespace nurture;
using namespace nurture::cli::test;

TEST_CASE("a command that does not exist is refused, with the nearest one") {
    Desk desk;
    const auto typed = desk.type({"chek"});
    CHECK(typed.code == 2);
    CHECK(typed.out.empty());
    CHECK(typed.err == "nurture: there is no command `chek`, did you mean `nurture check`?\n");
    CHECK(desk.type({"--config", "x", "quarterly"}).err ==
          "nurture: there is no command `quarterly`; `nurture --help` lists them\n");
}

TEST_CASE("an option that does not exist is refused, with the nearest one") {
    Desk desk;
    const auto typed = desk.type({"plan", "--jsno"});
    CHECK(typed.code == 2);
    CHECK(typed.err ==
          "nurture: nurture plan: `--jsno` does not belong here, did you mean `--json`? See: nurture plan --help\n");
}

TEST_CASE("what is still to come says so and is not in the help") {
    Desk desk;
    const auto help = desk.type({"--help"});
    CHECK(help.code == 0);
    CHECK(has(help.out, "preview"));
    for (const std::string command : {"lsp", "doctor"}) {
        const auto typed = desk.type({command});
        CHECK(typed.code == 2);
        CHECK(typed.err == "nurture: `nurture " + command + "` is not in this version yet\n");
        CHECK_FALSE(has(help.out, "\n  " + command + " "));
    }
}

TEST_CASE("a command line that lacks something says what") {
    Desk desk;
    CHECK(desk.type({}).code == 2);
    CHECK(has(desk.type({"why"}).err, "PERSON is required"));
    CHECK(has(desk.type({"import"}).err, "nurture import --help"));
    CHECK(has(desk.type({"approve"}).err, "nurture tasks"));
    CHECK(has(desk.type({"find"}).err, "--segment"));
}

TEST_CASE("help and version go to standard output") {
    Desk desk;
    CHECK(desk.type({"--version"}).out == "nurture 1.2.3\n");
    const auto help = desk.type({"import", "candidates", "--help"});
    CHECK(help.code == 0);
    CHECK(has(help.out, "Usage: nurture import candidates"));
    CHECK(help.err.empty());
}

TEST_CASE("explain says what a code stands for, and names the nearest of one that does not exist") {
    Desk desk;
    const auto page = desk.type({"explain", "N0110"}).out;
    CHECK(has(page, "N0110 error    a block is never closed\n\n"));
    CHECK(has(page, "Wrong:\n\n    segment"));
    CHECK(has(page, "Right:\n\n    segment"));
    CHECK(desk.type({"explain", "n0110"}).out == page);
    CHECK(has(desk.type({"explain", "defaults"}).out, "`priority …`\n      50\n"));
    CHECK(has(desk.type({"explain", "default"}).err, "did you mean `defaults`?"));
    CHECK(desk.type({"explain", "N9999"}).code == 2);
}

TEST_CASE("without a configuration there is one sentence that says what to do") {
    Desk desk;
    const auto typed = desk.type_there({"status"});
    CHECK(typed.code == 1);
    CHECK(has(typed.err, "there is no configuration at"));
    CHECK(has(typed.err, "nurture init"));
}

TEST_CASE("init moves the dates of the sample people to the day they are to live around") {
    Desk desk;
    const auto typed = desk.type({"init", desk.path().string()});
    // Where the day begins last it is nine days later: nothing of these people lies in the future of any zone.
    REQUIRE(typed.err.empty());
    CHECK(has(typed.out, "nurture plan"));
    CHECK(base::read_file(desk.path() / "sample/people.csv", k_most) ==
          "ref,license_expires,phone\nc1,2026-03-10,+12145550142\nc2,2027-01-09T10:00:00Z,\n");
    CHECK(base::read_file(desk.path() / "rules/house.nurture", k_most) == "edition 2026\n");
}

TEST_CASE("init with a day of its own leaves the dates as they were made") {
    Desk desk;
    REQUIRE(desk.type({"init", desk.path().string(), "--as-of", "2026-03-02"}).code == 0);
    CHECK(has(base::read_file(desk.path() / "sample/people.csv", k_most), "c1,2026-03-01"));
}

TEST_CASE("init writes over nothing") {
    Desk desk;
    REQUIRE(desk.type({"init", desk.path().string()}).code == 0);
    base::write_file(desk.path() / "rules/house.nurture", "mine");
    const auto typed = desk.type({"init", desk.path().string()});
    CHECK(typed.code == 1);
    CHECK(has(typed.err, "not an empty directory"));
    CHECK(base::read_file(desk.path() / "rules/house.nurture", k_most) == "mine");
}

TEST_CASE("stop works before there is a store, and resume takes it back") {
    Desk desk;
    REQUIRE(desk.type({"init", desk.path().string()}).code == 0);
    REQUIRE(desk.type_there({"stop", "--because", "fire drill"}).code == 0);
    CHECK(std::filesystem::exists(desk.path() / "STOP"));
    store::Database::open(desk.path() / "nurtured.db");
    CHECK(has(desk.type_there({"status"}).out, "STOPPED by a STOP file"));
    REQUIRE(desk.type_there({"resume"}).code == 0);
    CHECK_FALSE(std::filesystem::exists(desk.path() / "STOP"));
    CHECK(has(desk.type_there({"resume"}).out, "Nothing was stopped"));
}

TEST_CASE("a stop is in the store with who and why") {
    Desk desk;
    REQUIRE(desk.type({"init", desk.path().string()}).code == 0);
    const auto database = store::Database::open(desk.path() / "nurtured.db");
    REQUIRE(desk.type_there({"stop", "--because", "fire drill"}).code == 0);
    const auto stopped = store::stopped(database);
    REQUIRE(stopped);
    CHECK(stopped->by == "dana");
    CHECK(stopped->why == "fire drill");
    CHECK(has(desk.type_there({"status"}).out, "STOPPED since Thu 12 Mar 2026 07:00 UTC by dana, because fire drill"));
    REQUIRE(desk.type_there({"resume"}).code == 0);
    CHECK_FALSE(store::stopped(database));
}

TEST_CASE("an address from standard input is suppressed, though nobody has it, and lifted with a reason only") {
    Desk desk;
    REQUIRE(desk.type({"init", desk.path().string()}).code == 0);
    const auto database = store::Database::open(desk.path() / "nurtured.db");
    const auto now = at("2026-03-12T07:00Z");

    CHECK(desk.type_there({"suppress", "-"}, "ana@care.example\n").code == 2);
    CHECK(store::suppressions(database, now).empty());
    const auto typed = desk.type_there({"suppress", "-", "--because", "asked on the phone"}, "ana@care.example\n");
    CHECK(typed.code == 0);
    CHECK_FALSE(has(typed.out + typed.err, "ana@"));
    REQUIRE(store::suppressions(database, now).size() == 1);

    CHECK(desk.type_there({"lift", "Ana@care.example"}).code == 2);
    CHECK(desk.type_there({"lift", "Ana@care.example", "--because", "asked again"}).code == 0);
    CHECK(store::suppressions(database, now).empty());
    CHECK(has(desk.type_there({"lift", "Ana@care.example", "--because", "x"}).out, "nothing to lift"));
}

TEST_CASE("a rules directory without rules is no plan to end everything") {
    Desk desk;
    desk.type({"init", desk.path().string()});
    std::filesystem::remove(desk.path() / "rules/house.nurture");
    for (const std::string command : {"plan", "preview"}) {
        const auto typed = desk.type_there({command});
        CHECK(typed.code == 1);
        CHECK(typed.out == "");
        CHECK_THAT(typed.err, Catch::Contains("there is no rule file in"));
    }
}

TEST_CASE("a plan is found by the first six digits of its hash") {
    support::TempDirectory top;
    cli::Agreed agreed;
    agreed.record.hash = "7f3a91" + std::string(58, '0');
    agreed.record.as_of = at("2026-03-02T07:00Z");
    agreed.as_of_given = true;
    cli::keep_plan(top.path(), agreed);
    CHECK(cli::find_plan(top.path(), "7f3a91").record.hash == agreed.record.hash);
    CHECK(cli::find_plan(top.path(), "7f3a9100").record.as_of == agreed.record.as_of);
    CHECK(cli::find_plan(top.path(), "7f3a91").as_of_given);
    CHECK_THROWS_AS(cli::find_plan(top.path(), "7f3a92"), cli::Failure);
    CHECK_THROWS_AS(cli::find_plan(top.path(), "7f3a9"), cli::Usage);
    CHECK_THROWS_AS(cli::find_plan(top.path(), "../etc/passwd"), cli::Usage);
}

TEST_CASE("a beginning that two plans share is not enough") {
    support::TempDirectory top;
    for (const char last : {'a', 'b'}) {
        cli::Agreed agreed;
        agreed.record.hash = "7f3a91" + std::string(58, last);
        cli::keep_plan(top.path(), agreed);
    }
    CHECK_THROWS_WITH(cli::find_plan(top.path(), "7f3a91"), Catch::Contains("more of the hash"));
    CHECK(cli::find_plan(top.path(), "7f3a91b").record.hash.back() == 'b');
}

TEST_CASE("the newest fifty plans are kept") {
    support::TempDirectory top;
    const auto file = [&](int i) {
        return top.path() / "plans" / (std::string(62, '0') + std::to_string(10 + i) + ".json");
    };
    const auto begin = std::filesystem::file_time_type{} - std::chrono::hours(24 * 365 * 170);  // long past
    for (int i = 0; i < 52; ++i) {
        cli::Agreed agreed;
        agreed.record.hash = file(i).stem();
        cli::keep_plan(top.path(), agreed);
        std::filesystem::last_write_time(file(i), begin + std::chrono::hours(i));
    }
    CHECK_FALSE(std::filesystem::exists(file(0)));
    CHECK_FALSE(std::filesystem::exists(file(1)));
    CHECK(std::filesystem::exists(file(2)));
    CHECK(std::filesystem::exists(file(51)));
}
