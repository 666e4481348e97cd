// SPDX-License-Identifier: MIT
#include "tests/importer/sample.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace nurture::importer;
using namespace nurture::importer::sample;

namespace {

constexpr int k_people = 20'000;

std::string row(int number) {
    const auto n = std::to_string(number);
    return "c" + n + ",Ana,ana" + n + "@candidates.example,ICU;CVICU;Trauma,given\n";
}
const std::string k_header = "ref,first_name,email,specialty,consent:job news\n";

/// Feeds an import through a pipe and kills it when it has swallowed that many bytes: by then it is in the middle of a
/// batch or between two, wherever it got.
void import_and_kill(const std::filesystem::path& store, const std::filesystem::path& pipe, std::size_t bytes,
                     bool daemon_lives) {
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        Options options;
        options.now = k_now;
        options.daemon_lives = daemon_lives;
        auto database = nurture::store::Database::open(store, birth());
        import_file(database, schema(), places(), pipe, options);
        ::_exit(0);
    }
    const int out = ::open(pipe.c_str(), O_WRONLY);
    REQUIRE(out >= 0);
    std::string text = k_header;
    for (int i = 0; text.size() < bytes; ++i) {
        text += row(i);
    }
    for (std::size_t done = 0; done < text.size();) {
        const auto written = ::write(out, text.data() + done, text.size() - done);
        REQUIRE(written > 0);
        done += static_cast<std::size_t>(written);
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(out);
    REQUIRE(WIFSIGNALED(status));
}

}  // namespace

TEST_CASE("an import that is killed leaves whole persons, and the next one brings the rest") {
    const nurture::support::TempDirectory folder;
    const auto path = folder / "nurtured.db";
    const std::size_t bytes = GENERATE(700'000u, 860'000u, 1'000'000u);
    import_and_kill(path, folder / "pipe", bytes, true);

    Import import(nurture::store::Database::open(path));
    const auto people = nurture::store::candidate_count(import.database);
    CHECK(people > 0);
    CHECK(people < k_people);
    nurture::store::CandidateScan scan(import.database, {});
    std::int64_t whole = 0;
    while (scan.next()) {
        int items = 0;
        nurture::store::ItemScan list(import.database, {scan.id(), scan.id()});
        for (nurture::store::ItemRow item; list.next(item);) {
            ++items;
        }
        whole += items == 3 && scan.email_key() != nullptr &&
                         nurture::store::consent_status(import.database, scan.id(), "job news") ==
                             nurture::store::ConsentStatus::given
                     ? 1
                     : 0;
    }
    CHECK(whole == people);
    const auto told = nurture::store::inbox_after(import.database, 0, 1000);
    CHECK(told.back().last == people);

    std::string text = k_header;
    for (int i = 0; i < k_people; ++i) {
        text += row(i);
    }
    const auto summary = import.candidates(text);
    CHECK(summary.unchanged == static_cast<std::uint64_t>(people));
    CHECK(summary.added == static_cast<std::uint64_t>(k_people - people));
}

TEST_CASE("a first import that is killed in its only batch leaves nobody, and the next one brings everybody") {
    const nurture::support::TempDirectory folder;
    const auto path = folder / "nurtured.db";
    import_and_kill(path, folder / "pipe", 900'000u, false);

    Import import(nurture::store::Database::open(path));
    CHECK(nurture::store::candidate_count(import.database) == 0);
    CHECK(import.candidates(k_header + row(1) + row(2)).added == 2);
    nurture::store::CandidateScan scan(import.database, {});
    while (scan.next()) {
        REQUIRE(scan.email_key() != nullptr);
        const auto found =
            nurture::store::find_by_key(import.database, nurture::store::Channel::email, *scan.email_key());
        CHECK(found == std::vector{scan.id()});
    }
}
