// SPDX-License-Identifier: MIT
//
// A whole file beside the house rules: compiled, or refused with places that lie in it. Everything said can be shown.
#include "back_support.hpp"
#include "fuzz.hpp"

using namespace nurture;
using namespace nurture::dsl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const SourceSet sources = test::beside_house_rules(fuzz::text(data, size));
    const Compiled result = compile(sources, test::test_world());
    fuzz::must(result.rules || has_errors(result.diagnostics), "neither rules nor an error");
    for (const Diagnostic& diagnostic : result.diagnostics) {
        for (const Label& label : diagnostic.labels)
            fuzz::must(label.span.file < sources.files.size() && label.span.begin <= label.span.end &&
                           label.span.begin <= sources.files[label.span.file].text.size(),
                       "a label points outside of its file");
        fuzz::must(!render(diagnostic, sources).empty() && !render_short(diagnostic, sources).empty(),
                   "a diagnostic without words");
    }
    fuzz::must(!render_json(result.diagnostics, sources).empty(), "no JSON");
    return 0;
}
