// SPDX-License-Identifier: MIT
//
// The examples of docs/messages.md that take a store (`people`) or a test to be played (`play`). The others are in
// tests/dsl/back_pages_test.cpp.
#include "house.hpp"

#include "daemon/forecast/lints.hpp"
#include "daemon/importer/import.hpp"
#include "daemon/render/render.hpp"
#include "dsl/codes.hpp"
#include "dsl/pages.hpp"
#include "dsl/places.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/temp_directory.hpp"

#include <algorithm>

using namespace nurture;
using namespace nurture::trial::test;

namespace {

/// 40 nurses, most of whose licenses are not known, 12 pharmacists, 8 physicians.
std::string sixty_people() {
    std::string csv = "ref,first_name,email,profession,years_in_specialty,license_expires,consent:job news\n";
    for (int i = 0; i < 60; ++i) {
        const std::string ref = "p" + std::to_string(i);
        const char* profession = i < 40 ? "Registered Nurse" : i < 52 ? "Pharmacist" : "Physician";
        csv += ref + ",Pat," + ref + "@candidates.example," + profession + ",6," + (i < 10 ? "2027-06-30" : "") +
               ",given\n";
    }
    return csv;
}

store::Database people(const dsl::Rules& rules) {
    support::TempDirectory top;
    const auto file = top.write("people.csv", sixty_people());
    auto database = store::Database::in_memory(store::Birth{std::string(32, '1'), std::string(32, '\7')});
    dsl::Diagnostics none;
    dsl::Places places(rules.sources, none);
    importer::Options options;
    options.now = support::at("2026-03-01T12:00Z");
    REQUIRE(importer::import_file(database, rules.schema, places, file, options).added == 60);
    return database;
}

std::set<std::string> found_in_data(const std::string& text) {
    const auto compiled = rules(text);
    const auto database = people(*compiled);
    forecast::Inputs inputs{database, compiled, {}, {}, {}, {}, support::at("2026-03-02T12:00Z"), {}};
    std::set<std::string> codes;
    for (const auto& lint : forecast::lints(inputs))
        codes.insert(lint.diagnostic.code);
    return codes;
}

std::set<std::string> found_by_playing(const std::string& text) {
    std::set<std::string> codes;
    for (const auto& result : played(text).results)
        for (const auto& failure : result.failures)
            codes.insert(failure.code);
    return codes;
}

}  // namespace

TEST_CASE("the examples that take people or a clock are what their pages say") {
    int looked_at = 0;
    for (const auto& info : dsl::all_codes()) {
        const auto page = dsl::page(info.code);
        for (const auto& example : page ? dsl::examples(*page) : std::vector<dsl::Example>()) {
            if (example.within != "people" && example.within != "play")
                continue;
            INFO(info.code << (example.wrong ? " wrong" : " right"));
            const auto text = "\n" + std::string(example.text);
            const auto codes = example.within == "people" ? found_in_data(text) : found_by_playing(text);
            CHECK(codes.contains(std::string(info.code)) == example.wrong);
            ++looked_at;
        }
    }
    CHECK(looked_at >= 14);
}
