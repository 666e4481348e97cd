// SPDX-License-Identifier: MIT
//
// Formatting twice is formatting once, and changes no word: what is read before and after is the same.
#include "dsl/parse.hpp"
#include "front_support.hpp"
#include "fuzz.hpp"

using namespace nurture;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = fuzz::text(data, size);
    const std::string formatted = dsl::format(text);
    fuzz::must(dsl::format(formatted) == formatted, "formatting again changes the layout");
    fuzz::must(test::words_of(formatted) == test::words_of(text), "formatting changes what the file says");
    return 0;
}
