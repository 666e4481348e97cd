// SPDX-License-Identifier: MIT
//
// What every forecast is made from. The store is only read, and nothing is connected to. Plain values; one thread.
#pragma once

#include "daemon/engine/state.hpp"
#include "daemon/forecast/assumptions.hpp"
#include "daemon/render/render.hpp"
#include "daemon/store/database.hpp"
#include "dsl/rules.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace nurture::forecast {

/// [guard] of nurtured.toml.
struct Guard {
    std::int32_t growth_percent = 20;
    std::int32_t growth_people = 50;
    double canary_percent = 1;
};

/// Where messages are handed over and what they cost, as nurtured.toml says: for load and bill, not for connecting.
struct Ways {
    std::string relay, gateway;  // as people call them, without a password
    struct Share {
        std::string name;
        std::int32_t weight = 1;
    };
    std::vector<Share> relays = {};      // where mail is dealt out among several; `relay` then says how many
    std::int64_t price_per_segment = 0;  // of an SMS, in millionths of the currency; 0: not known
    std::string currency;
};

struct Inputs {
    const store::Database& store;  // opened read-only
    std::shared_ptr<const dsl::Rules> rules;
    render::House house;
    engine::Settings settings;  // with test_mode: only people whose address is `allowed` come in
    Guard guard;
    std::function<bool(std::string_view address)> allowed;  // may be empty: nobody
    Minute now{};                                           // as of
    Assumptions assumptions;
    Ways ways = {};
    std::shared_ptr<const engine::State>
        loaded{};  // by load_state() from these very inputs, if several reports need it; other rules are loaded anew
    std::function<void(Minute at, Minute until)> progress{};  // of what is foretold; may be empty
    std::function<void(int percent)> reading{};               // of the store; may be empty
};

}  // namespace nurture::forecast
