// SPDX-License-Identifier: MIT
#include "dsl/diagnostic.hpp"
#include "dsl/lines.hpp"
#include "dsl/slips.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace nurture::dsl;

namespace {

/// A line that is this slip, with `rest` for what follows.
std::string example(std::string_view heard, std::string_view rest) {
    std::string line;
    std::string before;
    while (!heard.empty()) {
        const std::string word(heard.substr(0, heard.find(' ')));
        heard.remove_prefix(std::min(heard.size(), word.size() + 1));
        std::string text = word;
        if (word == "#")
            text = "2";
        else if (word == "#%")
            text = "50%:";
        else if (word == "\"")
            text = "\"A\"";
        else if (word == "@")
            text = before == "at" ? "10:00" : before == "step" ? "hello:" : "hello";
        else if (word == "%day")
            text = "tuesday";
        else if (word == "%unit")
            text = "days";
        else if (word == "%far")
            text = "miles";
        else if (word == "%date")
            text = "2027-01-05";
        else if (word == "…")
            text.clear();
        else if (word == "…+")
            text = rest;
        line += (line.empty() || text.empty() ? "" : " ") + text;
        before = word;
    }
    return line;
}

std::optional<KnownSlip> said_to(const Slip& slip, const std::string& line) {
    Diagnostics none;
    const auto lines = split_lines(line, 0, none);
    return lines.empty() ? std::nullopt : known_slip(line, 0, slip.place, lines.front());
}

const std::vector<std::string> k_rests = {"has replied",           "replied", "09:00 and 17:00",
                                          "candidate has replied", "30 days", "not replied"};

}  // namespace

TEST_CASE("each known slip is answered by its own line or sentence") {
    for (const Slip& slip : slips()) {
        INFO(slip.heard);
        bool answered = false;
        for (const std::string& rest : k_rests) {
            const std::string line = example(slip.heard, rest);
            const auto found = said_to(slip, line);
            answered |= found && found->slip == &slip;
            const bool readable =
                read_line(slip.place, line, 0, line.data(), line.data() + line.size()).statement.has_value();
            CHECK_FALSE(readable);
        }
        CHECK(answered);
        CHECK_FALSE((slip.write.empty() && slip.note.empty()));
    }
}

TEST_CASE("a machine writes one line for a slip, or none") {
    for (const Slip& slip : slips()) {
        INFO(slip.heard);
        CHECK_FALSE((slip.exact && (slip.write.empty() || slip.write.find('\n') != std::string_view::npos)));
    }
}

TEST_CASE("the apostrophe of a word processor makes no other word") {
    const std::string line = "profession isn’t \"Pharmacist\"";
    Diagnostics none;
    const auto lines = split_lines(line, 0, none);
    const auto found = known_slip(line, 0, Place::conditions, lines.front());
    REQUIRE(found);
    CHECK(found->diagnostic.notes == std::vector<std::string>{"Write:   profession is not \"Pharmacist\""});
}
