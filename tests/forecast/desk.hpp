// SPDX-License-Identifier: MIT
//
// A small team's store and rules, in memory: what a forecast is asked about in these tests.
#pragma once

#include "connectors/address.hpp"
#include "daemon/forecast/why.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/rule_sets.hpp"
#include "dsl/compile.hpp"
#include "tests/support/instants.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::forecast::test {

inline const base::ZoneId chicago = support::zone("America/Chicago");
inline base::Minute at(std::string_view text) { return support::at(text, chicago); }

/// Fields and policy; more policy lines can be added.
std::string house_rules(std::string_view policy = {});
/// "Nurses" and the campaign "Hello nurses": an approval, a message, a wait, a message.
std::string nurses(std::string_view quota = "40", std::string_view condition = {});
/// The campaign "Quarterly note" to everybody: one message at once.
std::string quarterly(std::string_view extra = {});

std::shared_ptr<const dsl::Rules> compiled(const std::string& text);

class Desk {
public:
    explicit Desk(const std::string& rules, const std::filesystem::path& path = {});

    using Fields = std::map<std::string, std::string>;
    /// Consent "job news" is given; mail and telephone are there. Dates and numbers are written as in a file.
    store::CandidateId person(const std::string& ref, Fields fields);
    void consent(store::CandidateId who, const std::string& name, bool given);
    void list(store::CandidateId who, const std::string& name);
    /// Makes these rules the live ones.
    void apply(const dsl::Rules& rules, std::map<std::string, std::int64_t> bounds = {});
    /// In a campaign of the live rules, waiting at its first line.
    void enrol(store::CandidateId who, const dsl::Rules& rules, const std::string& campaign, const std::string& step,
               base::Minute entered);
    void use(const std::string& rules_text) { rules = compiled(rules_text); }

    Inputs inputs(std::string_view now = "2026-03-02T06:00") const;

    store::Database store;
    std::shared_ptr<const dsl::Rules> rules;
};

/// Twelve people who differ in what matters to the rules above.
void hire(Desk& desk);

}  // namespace nurture::forecast::test
