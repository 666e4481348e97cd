// SPDX-License-Identifier: MIT
// What the relay got, octet by octet, read by nothing of ours.
#include "tests/simulation/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace nurture::simulation {
namespace {

constexpr std::size_t k_longest_line = 998;  // RFC 5322 2.1.1

/// By name in small letters, unfolded (RFC 5322 2.2.3). Nothing: these are no lines with CRLF at their ends.
std::optional<std::multimap<std::string, std::string>> headers_of(std::string_view wire) {
    std::multimap<std::string, std::string> headers;
    auto last = headers.end();
    bool in_headers = true;
    while (!wire.empty()) {
        const auto end = wire.find("\r\n");
        if (end == std::string_view::npos || end > k_longest_line)
            return std::nullopt;
        const auto line = wire.substr(0, end);
        wire.remove_prefix(end + 2);
        if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
            return std::nullopt;
        in_headers = in_headers && !line.empty();
        if (!in_headers)
            continue;
        const bool goes_on = line.front() == ' ' || line.front() == '\t';
        const auto colon = line.find(": ");
        if (goes_on ? last == headers.end() : colon == std::string_view::npos)
            return std::nullopt;
        if (goes_on)
            last->second += line;
        else
            last = headers.emplace(lower(std::string(line.substr(0, colon))), line.substr(colon + 2));
    }
    return in_headers ? std::nullopt : std::optional(std::move(headers));
}

}  // namespace

void Judge::headers_are_as_intended() {
    constexpr auto promise = "16: headers are exactly those intended";
    std::map<base::MessageId, std::set<std::string>> keys;  // an address that changed makes another key
    for (const auto& line : e_.record.lines) {
        if (line.what == What::begun)
            keys[line.message].insert(line.key);
        const auto* m = message(line.message);
        if (line.what != What::accepted || line.channel != Channel::email || m == nullptr)
            continue;
        const auto headers = headers_of(line.wire);
        if (!headers) {
            blame(promise, "no message of lines and headers", m->id, line.who);
            continue;
        }
        std::set<std::string> once{"from", "to", "subject", "date", "message-id", "mime-version", "content-type"};
        if (m->purpose == store::MessagePurpose::campaign)
            once.insert({"list-unsubscribe", "list-unsubscribe-post"});
        const std::set<std::string> at_most_once{"in-reply-to", "references", "content-transfer-encoding"};
        for (const auto& name : once)
            if (headers->count(name) != 1)
                blame(promise, fmt::format("{} times {}", headers->count(name), name), m->id, line.who);
        for (const auto& [name, value] : *headers)
            if (!once.contains(name) && (!at_most_once.contains(name) || headers->count(name) != 1))
                blame(promise, "nobody asked for " + name, m->id, line.who);
        const auto is = [&](const char* name, std::string_view value, bool ends_with) {
            const auto found = headers->find(name);
            return found != headers->end() &&
                   (ends_with ? lower(found->second).ends_with(value) : found->second == value);
        };
        if (!is("to", "<" + lower(line.who) + ">", true))
            blame(promise, "to somebody else", m->id, line.who);
        if (!is("message-id", line.key, false))
            blame(promise, "another Message-ID", m->id, line.who);
        const auto answers = headers->find("in-reply-to"), chain = headers->find("references");
        const auto& known = keys[m->thread];  // empty: killed between T2 and the release, nobody saw it
        const bool is_answer = answers != headers->end() && chain != headers->end() &&
                               chain->second.ends_with(answers->second) &&
                               (known.empty() || known.contains(answers->second));
        const bool is_none = answers == headers->end() && chain == headers->end();
        if (m->thread != 0 ? !is_answer : !is_none)
            blame(promise, "it answers nothing, or something else than its thread", m->id, line.who);
    }
}

}  // namespace nurture::simulation
