// SPDX-License-Identifier: MIT
#include "tests/importer/sample.hpp"

#include <catch2/catch.hpp>

using namespace nurture::importer;
using namespace nurture::importer::sample;
using nurture::store::Channel;
using nurture::store::ConsentStatus;
using nurture::store::InboxKind;
using nurture::support::content_of;
using Strings = std::vector<std::string>;

TEST_CASE("a candidate file comes in with every kind of field") {
    Import import;
    const auto summary = import.candidates(
        "\xEF\xBB\xBFref,first_name,email,phone,home,license_expires,profession,specialty,travels,years\r\n"
        "c1,Ana,ana.ruiz@Candidates.EXAMPLE,+1 (212) 555-0111,\"32.78,-96.80\",2026-05-01,Registered Nurse,"
        "ICU; CVICU ;icu,Yes,2.5\r\n"
        "c2,\" Tom \",,,\"Dallas, TX\",,,,0,");
    CHECK(summary.rows == 2);
    CHECK(summary.added == 2);
    CHECK(summary.rejected == 0);
    CHECK(summary.added_columns == Strings{"home", "license_expires", "profession", "specialty", "travels", "years"});
    CHECK(import.text("c1", "email") == "ana.ruiz@candidates.example");
    CHECK(import.text("c1", "phone") == "+12125550111");
    CHECK(import.text("c1", "home") == "32.78,-96.8");
    CHECK(import.text("c1", "license_expires") == "2026-05-01");
    CHECK(import.text("c1", "specialty") == "ICU, CVICU");
    CHECK(import.text("c1", "travels") == "yes");
    CHECK(import.text("c1", "years") == "2.5");
    CHECK(import.text("c2", "first_name") == "Tom");
    CHECK(import.text("c2", "travels") == "no");
    CHECK_THAT(import.text("c2", "home"), Catch::StartsWith("32.7"));
    CHECK(import.value("c2", "years") == nurture::store::Value());
}

TEST_CASE("importing the same file again changes nothing and tells the engine nothing") {
    Import import;
    const std::string file = "ref,first_name,email,specialty,travels,home,years,consent:job news\n"
                             "c1,Ana,ana@candidates.example,ICU;CVICU,yes,\"32.78,-96.80\",2.5,given\n"
                             "c2,Tom,tom@candidates.example,,no,\"Dallas, TX\",3,withdrawn\n";
    CHECK(import.candidates(file).added == 2);
    const auto before = nurture::store::inbox_end(import.database);
    const auto again = import.candidates(file);
    CHECK(again.unchanged == 2);
    CHECK(again.changed == 0);
    CHECK(again.added_columns.empty());
    CHECK(nurture::store::inbox_end(import.database) == before);
}

TEST_CASE("whatever is wrong with a row is said in the reject file, and the other rows come in") {
    Import import;
    import.options.rejects = import.folder / "people.csv.rejected.csv";
    const std::string page(20'000, 'x');
    const auto summary = import.candidates("ref,first_name,email,phone,license_expires,travels,years,home\n"
                                           "c1,Ana,ana@candidates.example,,2026-05-01,yes,2,\n"
                                           ",Bo,,,,,,\n"
                                           "c1,Ana again,,,,,,\n"
                                           "c3,Cy,not an address,,,,,\n"
                                           "c4,Di,,555,,,,\n"
                                           "c5,Ed,,,2026-02-30,,,\n"
                                           "c6,Flo,,,5/1/2026,,,\n"
                                           "c7,Gus,,,,maybe,,\n"
                                           "c8,Hal,,,,,two,\n"
                                           "c9,Ida,,,,,,Atlantis\n"
                                           "c10,\"Jo\r\nBcc: all@candidates.example\",,,,,,\n"
                                           "c11,K\xFF,,,,,,\n"
                                           "c12,L" +
                                           std::string(1, '\0') +
                                           "m,,,,,,\n"
                                           "c13,M\x1b[0m,,,,,,\n"
                                           "c14,short,row\n"
                                           "c15,a,b,c,d,e,f,g,h,i\n"
                                           "c16,N\"o,,,,,,\n"
                                           "erased-3,Pat,,,,,,\n"
                                           "c18," +
                                           page +
                                           ",,,,,,\n"
                                           "c19,Quin,quin@candidates.example,,,,,\n");
    CHECK(summary.rows == 20);
    CHECK(summary.added == 2);
    CHECK(summary.rejected == 18);
    CHECK(import.id("c1") != 0);
    CHECK(import.text("c1", "first_name") == "Ana");
    CHECK(import.id("c19") != 0);
    CHECK(nurture::store::candidate_count(import.database) == 2);
    CHECK(content_of(import.options.rejects) ==
          "line,reason,ref,first_name,email,phone,license_expires,travels,years,home\n"
          "3,\"ref: blank: every person needs the id that your own system gave them\",,Bo,,,,,,\n"
          "4,\"ref: stands in an earlier row of this file already; the earlier row was taken\",c1,Ana again,,,,,,\n"
          "5,\"email: no email address: it has a space\",c3,Cy,not an address,,,,,\n"
          "6,\"phone: no telephone number: it has no country code: write it as +1 214 555 0142\",c4,Di,,555,,,,\n"
          "7,\"license_expires: there is no such day\",c5,Ed,,,2026-02-30,,,\n"
          "8,\"license_expires: not a date: write it as 2026-03-01\",c6,Flo,,,5/1/2026,,,\n"
          "9,\"travels: neither yes nor no: write yes, no, true, false, 1 or 0\",c7,Gus,,,,maybe,,\n"
          "10,\"years: not a number: write it as 12000 or 2.5\",c8,Hal,,,,,two,\n"
          "11,\"home: no place that is known here: write it as 32.78,-96.80, as \"\"Dallas, TX\"\", or add it to "
          "places.csv in "
          "the rules directory\",c9,Ida,,,,,,Atlantis\n"
          "12,\"first_name: a line break inside the cell\",c10,\"Jo\r\nBcc: all@candidates.example\",,,,,,\n"
          "14,\"first_name: not UTF-8: save the file as \"\"CSV UTF-8\"\"\",c11,K\xFF,,,,,,\n"
          "15,\"first_name: a NUL character\",c12,L" +
              std::string(1, '\0') +
              "m,,,,,,\n"
              "16,\"first_name: a control character\",c13,M\x1b[0m,,,,,,\n"
              "17,\"fewer cells than the header has columns\",c14,short,row\n"
              "18,\"more cells than the header has columns: a comma in a cell needs quotation marks around the "
              "cell\",c15,a,b,c,d,e,"
              "f,g,h,i\n"
              "19,\"a quotation mark in the middle of a cell: double it, and put the whole cell in quotation "
              "marks\",\"c16,N\"\"o,,,,,,"
              "\"\n"
              "20,\"ref: begins with `erased-`, which is kept for people who were erased\",erased-3,Pat,,,,,,\n"
              "21,\"first_name: longer than 16384 characters, which no field of a person is\",c18," +
              page + ",,,,,,\n");
}

TEST_CASE("a reject file imports once its rows are corrected") {
    Import import;
    import.options.rejects = import.folder / "rejected.csv";
    import.candidates("ref,years\nc1,two\n");
    auto corrected = content_of(import.options.rejects);
    corrected.replace(corrected.rfind("two"), 3, "2");
    const auto summary = import.candidates(corrected);
    CHECK(summary.added == 1);
    CHECK(summary.skipped_columns == Strings{"line", "reason"});
}

TEST_CASE("a quotation mark that is never closed costs its own row, not the file") {
    Import import;
    std::string file = "ref,first_name\nc1,Ana\nc2,\"Bo\nc3,Cy\n";
    SECTION("in a short file") {}
    SECTION("in a file of two megabytes") {
        for (int i = 100; file.size() < 2'000'000; ++i) {
            file += "x" + std::to_string(i) + ",Di\n";
        }
    }
    const auto summary = import.candidates(file);
    CHECK(summary.rejected == 1);
    CHECK(summary.reasons.at(0).reason == "a cell is opened with a quotation mark that is never closed");
    CHECK(summary.reasons.at(0).first_line == 3);
    CHECK(import.id("c2") == 0);
    CHECK(import.text("c3", "first_name") == "Cy");
    CHECK(summary.added == summary.rows - 1);
}

TEST_CASE("a cell of megabytes is rejected and the next row comes in") {
    Import import;
    import.options.rejects = import.folder / "rejected.csv";
    const auto summary = import.candidates("ref,first_name\nc1," + std::string(3'000'000, 'x') + "\nc2,Bo\n");
    CHECK(summary.rejected == 1);
    CHECK(import.text("c2", "first_name") == "Bo");
    CHECK(std::filesystem::file_size(import.options.rejects) < 10'000);
}

TEST_CASE("a file that is no candidate file is refused as a whole with what to do") {
    Import import;
    const auto refused = [&](const std::string& text, const std::string& reason) {
        CHECK_THROWS_WITH(import.candidates(text), Catch::Contains(reason));
    };
    refused("", "the file is empty");
    refused("ref;first_name;email\nc1;Ana;\n", "separated by semicolons. Save the file with commas");
    refused("ref\tfirst_name\nc1\tAna\n", "separated by tabs");
    refused("Candidate ID,first_name\nc1,Ana\n", "there is no column `ref`. Its columns: Candidate ID, first_name.");
    refused("Candidate ID,first_name\nc1,Ana\n", "[ref]\n    column = \"Candidate ID\"");
    refused("ref,email,Email\nc1,,\n", "two columns are called `Email`");
    refused("\xFF\xFEr\0e\0f\0", "the file is UTF-16");
    refused("ref,fi\"rst\nc1,x\n", "people.csv:1: the header row cannot be read");
    CHECK(nurture::store::candidate_count(import.database) == 0);
    CHECK_THROWS_WITH(import_file(import.database, schema(), places(), import.folder / "none.csv", import.options),
                      Catch::Contains("No such file"));
}

TEST_CASE("a map says which column is which field and what its cells mean") {
    Import import;
    import.options.map = {{"ref",
                           { "Candidate ID",
                             {} }},
                          {"profession",
                           { "Job Title",
                             { { "RN",
                                 "Registered Nurse" } } }},
                          {"specialty",
                           { "",
                             { { "Heart ICU",
                                 "CVICU" } } }},
                          { "consent:job news",
                            { "Mailing",
                              { {"Y", "given"},
                                { "N",
                                  "withdrawn" } } } }};
    const auto summary = import.candidates("candidate id,Job Title,specialty,Mailing,Fax\n"
                                           "c1,rn,heart icu;Trauma,Y,none\n"
                                           "c2,Physician,,N,none\n");
    CHECK(summary.added == 2);
    CHECK(import.text("c1", "profession") == "Registered Nurse");
    CHECK(import.text("c1", "specialty") == "CVICU, Trauma");
    CHECK(import.text("c2", "profession") == "Physician");
    CHECK(nurture::store::consent_status(import.database, import.id("c1"), "job news") == ConsentStatus::given);
    CHECK(nurture::store::consent_status(import.database, import.id("c2"), "job news") == ConsentStatus::withdrawn);
    CHECK(summary.skipped_columns == Strings{"Fax"});

    import.options.map["profesion"] = {"Job Title", {}};
    CHECK_THROWS_WITH(import.candidates("candidate id,Job Title,Mailing\n"),
                      Catch::Contains("the map names `profesion`"));
    import.options.map.erase("profesion");
    CHECK_THROWS_WITH(import.candidates("candidate id,Mailing\n"),
                      Catch::Contains("`profession` is the column `Job Title`, and the file has none of that name"));
}

TEST_CASE("a field that the store holds as another type stops the import before anything is written") {
    Import import;
    nurture::store::ensure_columns(import.database, {{"years", nurture::store::ColumnType::text}});
    CHECK_THROWS_WITH(import.candidates("ref,years\nc1,2\n"),
                      Catch::Contains("the rules say that `years` is number, and the store holds it as text"));
    CHECK(import.id("c1") == 0);
}

TEST_CASE("a change in a file starts campaigns only with live, and the summary says what was left out") {
    Import import;
    import.candidates("ref,profession,specialty\nc1,Registered Nurse,ICU\n");
    auto before = nurture::store::inbox_end(import.database);
    CHECK(import.candidates("ref,profession,specialty\nc1,Nurse Manager,ICU;Trauma\n").starts_left_out == 2);
    for (const auto& row : nurture::store::inbox_after(import.database, before, 10)) {
        CHECK_FALSE(row.live);
    }
    before = nurture::store::inbox_end(import.database);
    import.options.live = true;
    CHECK(import.candidates("ref,profession\nc1,Registered Nurse\nc2,Physician\n").starts_left_out == 0);
    const auto rows = nurture::store::inbox_after(import.database, before, 10);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].kind == InboxKind::became);
    CHECK(rows[0].live);
    CHECK(rows[0].by == "dana.wu");
    // A new person never becomes.
    CHECK(rows[2].kind == InboxKind::changed);
    CHECK(rows[2].first == import.id("c2"));
}

TEST_CASE("a consent column never undoes a withdrawal, and says so") {
    Import import;
    import.candidates("ref,consent:Job News\nc1,given\n");
    nurture::store::add_consent(import.database,
                                {import.id("c1"), "job news", k_now - std::chrono::hours(1), false, "phone"});
    nurture::store::add_consent(import.database, {import.id("c1"), "job news", k_now, false, "phone"});
    const auto summary = import.candidates("ref,consent:Job News\nc1,given\n");
    CHECK(summary.withdrawals_kept == 1);
    CHECK(nurture::store::consent_status(import.database, import.id("c1"), "job news") == ConsentStatus::withdrawn);
}

TEST_CASE("nothing that a file contains lifts a suppression") {
    Import import;
    import.candidates("ref,email\nc1,ana@candidates.example\n");
    const auto key = *nurture::store::read_candidate(import.database, import.id("c1"), {})->email_key;
    {
        nurture::store::Transaction transaction(import.database);
        nurture::store::suppress(import.database, key, Channel::email, "unsubscribed", k_now);
        transaction.commit();
    }
    import.candidates("ref,email,consent:job news,suppressed,lifted_at\nc1,ANA@candidates.example,given,no,2026-03-01\n"
                      "c9,ana@candidates.example,given,no,\n");
    CHECK(nurture::store::suppression(import.database, key, Channel::email, k_now));
    CHECK(nurture::store::find_by_key(import.database, Channel::email, key).size() == 2);
}

TEST_CASE("validating judges every row and changes no byte of the store") {
    const nurture::support::TempDirectory folder;
    const auto path = folder / "nurtured.db";
    { Import(nurture::store::Database::open(path, birth())).candidates("ref,first_name,years\nc1,Ana,2\nc2,Bo,3\n"); }
    const auto before = content_of(path);
    Import import(nurture::store::Database::open_read_only(path));
    import.options.mode = Mode::validate;
    const auto summary = import.candidates("ref,first_name,years\nc1,Ana,2\nc2,Bob,3\nc3,Cy,4\nc4,Di,many\n");
    CHECK(summary.unchanged == 1);
    CHECK(summary.changed == 1);
    CHECK(summary.added == 1);
    CHECK(summary.rejected == 1);
    CHECK(content_of(path) == before);
}

TEST_CASE("progress is told after each batch and ends with the whole file") {
    Import import;
    std::string file = "ref\n";
    for (int i = 0; i < 4500; ++i) {
        file += "c" + std::to_string(i) + "\n";
    }
    std::vector<std::uint64_t> rows;
    Progress last;
    import.options.daemon_lives = true;
    import.options.progress = [&](const Progress& progress) { rows.push_back(progress.rows);
    last = progress;
};
CHECK(import.candidates(file).added == 4500);
CHECK(rows == std::vector<std::uint64_t>{2000, 4000, 4500});
CHECK(last.bytes_done == last.bytes_total);
// New people cost the inbox one row per batch.
CHECK(nurture::store::inbox_end(import.database) == 3);
}
