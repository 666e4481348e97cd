// SPDX-License-Identifier: MIT
//
// What the checker can say only because there is a store: nobody matches, nearly everybody matches, unknown values
// decide, a value that nobody has, audiences that overlap, caps that campaigns exceed together, merge fields that
// are blank. Ordinary diagnostics, each with the people it is about, who are named only where somebody asks. An empty
// store says nothing. Throws base::StoreError. One thread.
#pragma once

#include "daemon/engine/state.hpp"
#include "daemon/forecast/inputs.hpp"
#include "dsl/diagnostic.hpp"

#include <vector>

namespace nurture::forecast {

struct Lint {
    dsl::Diagnostic diagnostic;
    std::vector<base::CandidateId> people{};  // in the order in which they came into the store
};

/// Warnings about rules that check. `allow` lines have been obeyed.
std::vector<Lint> lints(const Inputs& inputs);

/// What the values of the store say about the lines that dsl::compile_find() put into the rules of `state`.
dsl::Diagnostics lint_typed_lines(const engine::State& state);

/// For rules that would check but for merge fields that may be blank (dsl::Compiled::but_for_blanks): each N0504 of
/// `diagnostics` that the store can count says for how many people, and is returned with them.
std::vector<Lint> count_blanks(const Inputs& inputs, dsl::Diagnostics& diagnostics);

}  // namespace nurture::forecast
