// SPDX-License-Identifier: MIT
#include "dsl/codes.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace nurture::dsl {
namespace {

constexpr auto error = Severity::error;
constexpr auto warning = Severity::warning;

constexpr std::array k_codes = {
    CodeInfo{"N0101", error, "the file does not begin with `edition 2026`"},
    CodeInfo{"N0102", error, "this line is not understood"},
    CodeInfo{"N0103", error, "double quotes are missing, or never closed"},
    CodeInfo{"N0104", error, "not a time such as 18:30"},
    CodeInfo{"N0105", error, "not a date such as 2026-03-01"},
    CodeInfo{"N0106", error, "a length or count without its unit, or with the wrong singular or plural"},
    CodeInfo{"N0107", error, "this word belongs to the language and cannot be a name"},
    CodeInfo{"N0108", error, "two conditions on one line"},
    CodeInfo{"N0109", error, "said twice, but it can hold only once"},
    CodeInfo{"N0110", error, "a block is never closed"},
    CodeInfo{"N0111", error, "`end` without a block"},
    CodeInfo{"N0112", error, "this line does not belong in this block"},
    CodeInfo{"N0120", error, "the file is not plain text in UTF-8"},
    CodeInfo{"N0130", error, "larger or deeper than the language allows"},
    CodeInfo{"N0201", error, "there is no field, event or step of this name"},
    CodeInfo{"N0202", error, "not a complete test"},
    CodeInfo{"N0203", error, "`ago` or `away` is missing"},
    CodeInfo{"N0204", error, "the field has another type"},
    CodeInfo{"N0205", error, "there is no segment, campaign, template, values list or person of this name"},
    CodeInfo{"N0206", error, "this name is taken"},
    CodeInfo{"N0207", error, "there is no such place, language, time zone or file"},
    CodeInfo{"N0208", warning, "two lists or consents whose names nearly agree"},
    CodeInfo{"N0209", error, "a length that does not fit here"},
    CodeInfo{"N0219", error, "a line of places.csv that is not a place"},
    CodeInfo{"N0220", error, "two lines can never both be true"},
    CodeInfo{"N0221", warning, "always true"},
    CodeInfo{"N0222", warning, "nobody matches today"},
    CodeInfo{"N0223", warning, "more than 60 percent of the store match"},
    CodeInfo{"N0224", warning, "many unknown values decide this line"},
    CodeInfo{"N0225", error, "segments refer to each other in a circle"},
    CodeInfo{"N0226", error, "what happens to unknown values must be said"},
    CodeInfo{"N0227", warning, "the campaign's own messages put people out of its audience"},
    CodeInfo{"N0228", warning, "a value that nobody has"},
    CodeInfo{"N0229", warning, "`has not` is also true for people who never got the message"},
    CodeInfo{"N0310", warning, "a wait ends after `expires on`"},
    CodeInfo{"N0311", warning, "a date in the past"},
    CodeInfo{"N0312", error, "no time is left in which messages may be sent"},
    CodeInfo{"N0313", warning, "a cap stretches the sequence"},
    CodeInfo{"N0314", warning, "a holiday calendar that ends, or leaves out a year"},
    CodeInfo{"N0401", error, "a channel without a consent rule"},
    CodeInfo{"N0402", warning, "a branch that nobody can reach"},
    CodeInfo{"N0403", error, "a step after `stop`"},
    CodeInfo{"N0404", warning, "opens are counted by machines, not by people"},
    CodeInfo{"N0405", warning, "a reply does not end the campaign"},
    CodeInfo{"N0406", error, "what happens to people who leave the audience is not said"},
    CodeInfo{"N0407", error, "a line that every campaign or policy must have is missing"},
    CodeInfo{"N0408", error, "a sender that may not be used"},
    CodeInfo{"N0409", error, "an audience that depends on its own campaign"},
    CodeInfo{"N0410", error, "this cannot follow, or be used, here"},
    CodeInfo{"N0411", error, "the shares of a split do not make 100 percent"},
    CodeInfo{"N0412", error, "a line allows what the policy above it does not"},
    CodeInfo{"N0413", error, "this stands in the rules directory itself, not in a sub-directory"},
    CodeInfo{"N0501", error, "no unsubscribe link or postal address"},
    CodeInfo{"N0502", error, "an SMS without opt-out text, or too long"},
    CodeInfo{"N0503", error, "there is no merge field of this name"},
    CodeInfo{"N0504", error, "a merge field may be blank"},
    CodeInfo{"N0505", error, "what to say instead of a blank is the name of a field"},
    CodeInfo{"N0610", warning, "audiences of equal priority overlap"},
    CodeInfo{"N0611", warning, "campaigns exceed a cap together"},
    CodeInfo{"N0612", warning, "the same template twice"},
    CodeInfo{"N0613", warning, "people hear less often than the policy promises"},
    CodeInfo{"N0701", error, "a step was removed while people are on it"},
    CodeInfo{"N0702", error, "a campaign was renamed or removed while people are in it"},
    CodeInfo{"N0703", error, "an older version needs what is gone"},
    CodeInfo{"N0704", error, "a `retired` or `renamed` line that does not fit these rules"},
    CodeInfo{"N0801", error, "a test without `now is`"},
    CodeInfo{"N0802", error, "a test that cannot be run as written"},
    CodeInfo{"N0803", error, "an expectation of a test did not come true"},
    CodeInfo{"N0804", error, "something in a test cannot happen"},
    CodeInfo{"N0901", warning, "an `allow` that silences nothing"},
};
static_assert(std::is_sorted(k_codes.begin(), k_codes.end(),
                             [](const CodeInfo& a, const CodeInfo& b) { return a.code < b.code; }));

}  // namespace

std::span<const CodeInfo> all_codes() { return k_codes; }

const CodeInfo* code_info(std::string_view code) {
    const auto found = std::lower_bound(k_codes.begin(), k_codes.end(), code,
                                        [](const CodeInfo& info, std::string_view c) { return info.code < c; });
    return found != k_codes.end() && found->code == code ? &*found : nullptr;
}

Diagnostic diagnose(std::string_view code, std::string title, Span place, std::string label) {
    const CodeInfo* info = code_info(code);
    assert(info && "the code is missing in k_codes");
    Diagnostic diagnostic;
    diagnostic.severity = info ? info->severity : Severity::error;
    diagnostic.code = std::string(code);
    diagnostic.title = std::move(title);
    diagnostic.labels.push_back({place, std::move(label)});
    return diagnostic;
}

}  // namespace nurture::dsl
