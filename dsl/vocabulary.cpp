// SPDX-License-Identifier: MIT
#include "dsl/vocabulary.hpp"

#include "dsl/characters.hpp"

#include <algorithm>
#include <vector>

namespace nurture::dsl {
namespace {

// One bucket per first letter, longest phrase first, so that the first hit is the longest.
using Buckets = std::array<std::vector<PhraseId>, 26>;

Buckets make_buckets() {
    Buckets buckets;
    for (std::size_t i = 0; i < k_phrases.size(); ++i)
        buckets[static_cast<std::size_t>(k_phrases[i].text.front() - 'a')].push_back(static_cast<PhraseId>(i));
    for (auto& bucket : buckets)
        std::stable_sort(bucket.begin(), bucket.end(),
                         [](PhraseId a, PhraseId b) { return phrase_of(a).text.size() > phrase_of(b).text.size(); });
    return buckets;
}

// Where `text` ends when it stands at `at`, else null.
const char* match(std::string_view text, const char* at, const char* end) {
    for (const char c : text) {
        if (c == ' ') {
            const char* next = skip_blanks(at, end);
            if (next == at)
                return nullptr;
            at = next;
        } else if (at != end && lower_ascii(*at) == c) {
            ++at;
        } else {
            return nullptr;
        }
    }
    return is_word_character(at, end) ? nullptr : at;
}

constexpr std::array k_structural = {
    std::string_view("all"),  std::string_view("any"),       std::string_view("candidate"), std::string_view("consent"),
    std::string_view("end"),  std::string_view("has"),       std::string_view("if"),        std::string_view("is"),
    std::string_view("none"), std::string_view("otherwise"),
};
constexpr std::array k_later = {
    std::string_view("and"),  std::string_view("else"),  std::string_view("every"),  std::string_view("for"),
    std::string_view("goal"), std::string_view("job"),   std::string_view("jobs"),   std::string_view("not"),
    std::string_view("or"),   std::string_view("score"), std::string_view("unless"),
};

constexpr std::array k_synonyms = {
    Synonym{"equals", phrase("is")},
    Synonym{"equal to", phrase("is")},
    Synonym{"is equal to", phrase("is")},
    Synonym{"=", phrase("is")},
    Synonym{"==", phrase("is")},
    Synonym{"are", phrase("is")},
    Synonym{"!=", phrase("is not")},
    Synonym{"isn't", phrase("is not")},
    Synonym{"does not equal", phrase("is not")},
    Synonym{"is one of", phrase("is any of")},
    Synonym{"is in", phrase("is any of")},
    Synonym{"in", phrase("is any of")},
    Synonym{"is not any of", phrase("is none of")},
    Synonym{"is not one of", phrase("is none of")},
    Synonym{"is not in", phrase("is none of")},
    Synonym{"include", phrase("includes")},
    Synonym{"has any of", phrase("includes any of")},
    Synonym{"contains any of", phrase("includes any of")},
    Synonym{"includes one of", phrase("includes any of")},
    Synonym{"contains all of", phrase("includes all of")},
    Synonym{"does not include", phrase("includes none of")},
    Synonym{"begins with", phrase("starts with")},
    Synonym{">=", phrase("is at least")},
    Synonym{"is greater than or equal to", phrase("is at least")},
    Synonym{"at least", phrase("is at least")},
    Synonym{"<=", phrase("is at most")},
    Synonym{"at most", phrase("is at most")},
    Synonym{">", phrase("is more than")},
    Synonym{"is greater than", phrase("is more than")},
    Synonym{"is over", phrase("is more than")},
    Synonym{"is older than", phrase("is more than")},
    Synonym{"is longer than", phrase("is more than")},
    Synonym{"more than", phrase("is more than")},
    Synonym{"<", phrase("is less than")},
    Synonym{"is fewer than", phrase("is less than")},
    Synonym{"is under", phrase("is less than")},
    Synonym{"is newer than", phrase("is less than")},
    Synonym{"less than", phrase("is less than")},
    Synonym{"is since", phrase("is on or after")},
    Synonym{"is true", phrase("is yes")},
    Synonym{"is false", phrase("is no")},
    Synonym{"is blank", phrase("is unknown")},
    Synonym{"is empty", phrase("is unknown")},
    Synonym{"is not known", phrase("is unknown")},
    Synonym{"is not blank", phrase("is known")},
    Synonym{"is not empty", phrase("is known")},
    Synonym{"is set", phrase("is known")},
    Synonym{"replied", phrase("replied to")},
    Synonym{"hasn't", phrase("has not")},
    Synonym{"has never", phrase("has not")},
    Synonym{"did not", phrase("has not")},
    Synonym{"within the last", phrase("in the last")},
    Synonym{"in the past", phrase("in the last")},
    Synonym{"is on list", phrase("is in list")},
    Synonym{"is not on list", phrase("is not in list")},
    Synonym{"-", phrase("to")},
    Synonym{"till", phrase("to")},
    Synonym{"through", phrase("to")},
    Synonym{"else", phrase("otherwise")},
    Synonym{"end if", phrase("end")},
    Synonym{"endif", phrase("end")},
    Synonym{"from now", phrase("away")},
    Synonym{"ahead", phrase("away")},
    Synonym{"text message", phrase("sms")},
    Synonym{"text", phrase("sms")},
    Synonym{"mail", phrase("email")},
    Synonym{"e-mail", phrase("email")},
    Synonym{"enrol at most", phrase("enroll at most")},
    Synonym{"enrol", phrase("enroll at most")},
    Synonym{"reenter after", phrase("re-enter after")},
    Synonym{"reenter never", phrase("re-enter never")},
    Synonym{"never re-enter", phrase("re-enter never")},
    Synonym{"exit when", phrase("stop when")},
    Synonym{"stop if", phrase("stop when")},
    Synonym{"start if", phrase("start when")},
    Synonym{"delay", phrase("wait")},
    Synonym{"wait for", phrase("wait")},
    Synonym{"wait till", phrase("wait until")},
    Synonym{"wait at most", phrase("wait up to")},
    Synonym{"expire on", phrase("expires on")},
    Synonym{"skip", phrase("skip step")},
    Synonym{"or unknown", phrase("or is unknown")},
    Synonym{"never contact", phrase("never contact list")},
    Synonym{"workday", phrase("business day")},
    Synonym{"workdays", phrase("business days")},
    Synonym{"working days", phrase("business days")},
    Synonym{"number of", phrase("number")},
    Synonym{"list", phrase("list of text")},
    Synonym{"string", phrase("text")},
    Synonym{"boolean", phrase("yes or no")},
    Synonym{"yes/no", phrase("yes or no")},
    Synonym{"location", phrase("place")},
};

bool contains(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::optional<PhraseId> longest_phrase(const char*& at, const char* end) {
    static const Buckets buckets = make_buckets();
    if (at == end)
        return std::nullopt;
    const char first = lower_ascii(*at);
    if (first < 'a' || first > 'z')
        return std::nullopt;
    for (const PhraseId id : buckets[static_cast<std::size_t>(first - 'a')])
        if (const char* behind = match(phrase_of(id).text, at, end)) {
            at = behind;
            return id;
        }
    return std::nullopt;
}

bool is_structural(std::string_view word) { return contains(k_structural, word); }
bool is_reserved(std::string_view word) { return contains(k_structural, word) || contains(k_later, word); }
std::span<const Synonym> synonyms() { return k_synonyms; }

}  // namespace nurture::dsl
