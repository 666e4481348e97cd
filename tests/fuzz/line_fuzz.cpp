// SPDX-License-Identifier: MIT
//
// One line in one kind of block: the first byte says which. What is said about a line that cannot be read never tells
// to write something that cannot be read either.
#include "dsl/mistakes.hpp"
#include "dsl/statement.hpp"
#include "fuzz.hpp"

using namespace nurture;
using namespace nurture::dsl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const auto place = static_cast<Place>(data[0] % k_places);
    const std::string text = fuzz::text(data + 1, size - 1);
    Diagnostics said;
    for (const LogicalLine& line : split_lines(text, 0, said)) {
        if (line.kind != LineKind::statement)
            continue;
        const ReadLine read = read_line(place, text, 0, text.data() + line.begin, text.data() + line.end);
        if (read.statement)
            continue;
        fuzz::must(read.failure.at >= text.data() + line.begin && read.failure.at <= text.data() + line.end,
                   "a mistake lies outside of its line");
        const Diagnostic mistake = explain_mistake(text, 0, place, line, read.failure);
        const Span at = mistake.labels.front().span;
        fuzz::must(!mistake.title.empty() && at.begin <= at.end && at.end <= text.size(),
                   "a mistake points outside of its file");
        belongs_elsewhere(text, 0, place, line);
    }
    return 0;
}
