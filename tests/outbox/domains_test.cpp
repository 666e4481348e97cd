// SPDX-License-Identifier: MIT
#include "daemon/outbox/domains.hpp"

#include <catch2/catch.hpp>

using namespace nurture;
using namespace std::chrono_literals;
using connectors::Answer;
using connectors::Blame;
using outbox::Domains;

namespace {

const store::Instant k_now = base::from_unix(1'772'463'600);  // Mon 2 Mar 2026 15:00 UTC

int places(Domains& domains, const std::string& domain, store::Instant now, int asked) {
    int got = 0;
    for (int i = 0; i < asked; ++i)
        got += domains.place(domain, now) ? 0 : 1;
    return got;
}

}  // namespace

TEST_CASE("a domain gets its number of messages a minute, and others are not kept waiting by it") {
    Domains domains(10);
    CHECK(places(domains, "large.example", k_now, 30) == 10);
    CHECK(places(domains, "small.example", k_now + 1s, 5) == 5);
    CHECK(places(domains, "large.example", k_now + 59s, 5) == 0);
    CHECK(places(domains, "large.example", k_now + 60s, 30) == 10);
}

TEST_CASE("who finds no place is spread over the next minutes") {
    Domains domains(2);
    places(domains, "large.example", k_now, 2);
    std::vector<store::Instant> told;
    for (int i = 0; i < 5; ++i)
        told.push_back(domains.place("large.example", k_now).value());
    CHECK(told == std::vector{k_now + 1min, k_now + 1min, k_now + 2min, k_now + 2min, k_now + 3min});
}

TEST_CASE("a domain that asks to slow down gets half for an hour, and nobody else does") {
    Domains domains(10);
    domains.ended("large.example", {Answer::deferred, Blame::rate_or_policy, 421}, k_now);
    CHECK(places(domains, "large.example", k_now, 30) == 5);
    CHECK(places(domains, "large.example", k_now + 59min, 30) == 5);
    CHECK(places(domains, "small.example", k_now, 30) == 10);
    CHECK(places(domains, "large.example", k_now + 60min, 30) == 10);
    domains.ended("large.example", {Answer::deferred, Blame::mailbox_full, 452}, k_now);
    CHECK(places(domains, "large.example", k_now + 61min, 30) == 10);
}

TEST_CASE("a domain where too many messages fail gets nothing for an hour") {
    Domains domains(1000);
    for (int i = 0; i < 94; ++i)
        domains.ended("dead.example", {Answer::accepted, Blame::none, 250}, k_now);
    for (int i = 0; i < 6; ++i)
        domains.ended("dead.example", {Answer::rejected, Blame::address_dead, 550}, k_now);
    CHECK(domains.place("dead.example", k_now + 59min) == k_now + 1h);
    CHECK_FALSE(domains.place("dead.example", k_now + 1h));
    CHECK_FALSE(domains.place("large.example", k_now));
}

TEST_CASE("domains are forgotten when nothing is to be remembered of them, and no sooner") {
    Domains domains(2);
    for (int i = 0; i < 1000; ++i)
        domains.place("d" + std::to_string(i) + ".example", k_now);
    domains.ended("slow.example", {Answer::deferred, Blame::rate_or_policy, 421}, k_now + 30min);
    domains.ended("told.example", {Answer::accepted, Blame::none, 250}, k_now);
    for (int i = 0; i < 150; ++i)
        domains.place("queue.example", k_now);
    domains.place("d1.example", k_now + 1h);
    CHECK(domains.size() == 4);  // asked just now, slow, counted today, and with people told to come later
    CHECK(places(domains, "slow.example", k_now + 1h, 2) == 1);
    domains.place("d1.example", k_now + 48h);
    CHECK(domains.size() == 1);
}
