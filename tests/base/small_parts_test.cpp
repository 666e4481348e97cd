// SPDX-License-Identifier: MIT
#include "daemon/base/backoff.hpp"
#include "daemon/base/clock.hpp"
#include "daemon/base/error.hpp"
#include "daemon/base/files.hpp"
#include "daemon/base/hash.hpp"
#include "daemon/base/how_far.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/base/log.hpp"
#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <set>

using namespace nurture;
using namespace nurture::base;
using namespace std::chrono_literals;

TEST_CASE("retries wait 5 minutes, then twice as long each time, at most 4 hours, less up to a fifth") {
    const auto [tries, full] = GENERATE(table<int, std::chrono::minutes>(
        {{1, 5min}, {2, 10min}, {3, 20min}, {6, 160min}, {7, 240min}, {8, 240min}, {1000, 240min}}));
    std::set<std::chrono::minutes> waits;
    for (MessageId message = 1; message <= 500; ++message) {
        waits.insert(backoff(message, tries));
        CHECK(backoff(message, tries) == backoff(message, tries));
    }
    CHECK(*waits.rbegin() == full);
    CHECK(*waits.begin() == full - full / 5);
}

TEST_CASE("a stepped clock moves only when told, and a jump of the wall clock does not move the time since boot") {
    SteppedClock clock(support::at("2026-03-02T07:00Z"));
    const auto boot = clock.since_boot();
    clock.advance(90s);
    CHECK(format_instant(clock.now()) == "2026-03-02T07:01:30Z");
    CHECK(clock.since_boot() - boot == 90s);
    clock.jump(-1h);
    CHECK(format_instant(clock.now()) == "2026-03-02T06:01:30Z");
    CHECK(clock.since_boot() - boot == 90s);
    clock.advance_to(support::at("2026-03-02T08:00Z"));
    CHECK(format_instant(clock.now()) == "2026-03-02T08:00:00Z");
}

TEST_CASE("the same seed gives the same ids, another seed others, and no id comes twice") {
    IdSource one("seed"), same("seed"), other("another");
    std::set<UniqueId> seen;
    for (int i = 0; i < 1000; ++i) {
        const UniqueId id = one.next();
        CHECK(id == same.next());
        CHECK(seen.insert(id).second);
        CHECK(seen.insert(other.next()).second);
    }
    CHECK(IdSource::random().next() != IdSource::random().next());
    CHECK(hex(*seen.begin()).size() == 32);
}

TEST_CASE("hashes are those of the standards") {
    // FIPS 180-2 appendix B.1; RFC 4231 test case 2.
    CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // RFC 4648, section 10, and the hash of nothing as browsers write it in a policy.
    CHECK(base64(std::vector<std::uint8_t>{'f', 'o', 'o', 'b'}) == "Zm9vYg==");
    CHECK(base64(std::vector<std::uint8_t>{}).empty());
    CHECK(base64(sha256("")) == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    CHECK(from_hex("00fF10") == std::string("\x00\xff\x10", 3));
    CHECK_FALSE(from_hex("0g"));
    CHECK_FALSE(from_hex("abc"));
    CHECK(equal_in_constant_time("same", "same"));
    CHECK_FALSE(equal_in_constant_time("same", "sama"));
    CHECK_FALSE(equal_in_constant_time("same", "longer"));
}

TEST_CASE("a log line is one line of words, numbers and ids, with the level journald reads") {
    std::vector<std::string> lines;
    set_log_sink([&](std::string_view line) { lines.emplace_back(line); });
    enum class Code { refused = 7 };
    log(Level::info, "message accepted", {{"message", 812}, {"relay", Configured{"main"}}, {"at", Second{0s}}});
    log(Level::warning, "message refused", {{"code", Code::refused}, {"why", Word("window")}});
    log(Level::debug, "not of interest");
    log(Level::error, "cannot write", {{"trouble", StoreError("disk \"full\"\n<0>forged")}});
    set_log_sink({});
    CHECK(lines == std::vector<std::string>{"<6>message accepted message=812 relay=\"main\" at=1970-01-01T00:00:00Z",
                                            "<4>message refused code=7 why=window",
                                            R"(<3>cannot write trouble="disk \"full\"\x0a<0>forged")"});
}

TEST_CASE("a file is replaced whole, and trouble names the file and the reason") {
    const auto folder = std::filesystem::temp_directory_path() / ("nurtured-files-" + hex(IdSource::random().next()));
    std::filesystem::create_directory(folder);
    const auto path = folder / "high-water";
    write_file(path, "one");
    write_file(path, "two", 0600);
    CHECK(read_file(path, 100) == "two");
    CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0600));
    CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
    CHECK_THROWS_WITH(read_file(path, 2), path.string() + ": is larger than 2 bytes");
    CHECK_THROWS_WITH(read_file(folder / "none", 2),
                      (folder / "none").string() + ": cannot open: No such file or directory");
    CHECK_THROWS_AS(write_file(folder / "none" / "x", "y"), FileError);
    std::filesystem::remove_all(folder);
}

TEST_CASE("how far a reading is is told in every percent once, to the end of each part") {
    std::vector<int> told;
    HowFar way([&](int percent) { told.push_back(percent); });
    constexpr std::int64_t k_last = 2'000'000;
    const auto read = [&](std::int64_t last) {
        told.clear();
        for (std::int64_t id = 1; id <= k_last; ++id)
            way.at(id);
        INFO(last);
        CHECK(std::is_sorted(told.begin(), told.end(), std::less_equal<>{}));
    };
    way.within(0, 60);
    way.part(0, 50, k_last);
    read(k_last);
    CHECK((told.front() == 0 && told.back() == 29 && told.size() == 30));
    way.part(50, 100, k_last / 2);  // there are more than was said
    read(k_last / 2);
    CHECK((told.front() == 30 && told.back() == 60 && told.size() == 31));
    way.within(60, 100);
    way.part(0, 100, k_last);
    read(k_last);
    CHECK((told.front() == 61 && told.back() == 99 && told.size() == 39));
    HowFar().at(1);
}
