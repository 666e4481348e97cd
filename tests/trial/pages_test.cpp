// SPDX-License-Identifier: MIT
//
// The examples of docs/messages.md that take a store (`people`) or a test to be played (`play`), and the whole of what
// is said about the wrong ones. The others are in tests/dsl/back_pages_test.cpp.
#include "house.hpp"

#include "daemon/forecast/lints.hpp"
#include "daemon/importer/import.hpp"
#include "daemon/render/render.hpp"
#include "dsl/codes.hpp"
#include "dsl/pages.hpp"
#include "dsl/places.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/temp_directory.hpp"

#include <algorithm>

using namespace nurture;
using namespace nurture::trial::test;

namespace {

/// 34 nurses, most of whose licenses are not known, 18 pharmacists, 8 physicians.
std::string sixty_people() {
    std::string csv = "ref,first_name,email,profession,years_in_specialty,license_expires,consent:job news\n";
    for (int i = 0; i < 60; ++i) {
        const std::string ref = "p" + std::to_string(i);
        const char* profession = i < 34 ? "Registered Nurse" : i < 52 ? "Pharmacist" : "Physician";
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

struct Found {
    std::set<std::string> codes;
    std::string said;
};

Found found_in_data(const std::string& text) {
    const auto compiled = rules(text);
    const auto database = people(*compiled);
    forecast::Inputs inputs{database, compiled, render_house(), {}, {}, {}, support::at("2026-03-02T12:00Z"), {}};
    Found found;
    for (const auto& lint : forecast::lints(inputs)) {
        found.codes.insert(lint.diagnostic.code);
        found.said += (found.said.empty() ? "" : "\n") + dsl::render(lint.diagnostic, compiled->sources);
    }
    return found;
}

Found found_by_playing(const std::string& text) {
    const auto play = played(text);
    Found found{{}, play.text()};
    for (const auto& result : play.results)
        for (const auto& failure : result.failures)
            found.codes.insert(failure.code);
    return found;
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
            const auto found = example.within == "people" ? found_in_data(text) : found_by_playing(text);
            CHECK(found.codes.contains(std::string(info.code)) == example.wrong);
            if (example.wrong)
                CHECK(found.said == support::golden("data/" + std::string(info.code) + ".txt", found.said));
            ++looked_at;
        }
    }
    CHECK(looked_at >= 14);
}
