// SPDX-License-Identifier: MIT
#include "tests/simulation/story.hpp"

#include "daemon/base/calendar.hpp"

#include <fmt/format.h>

namespace nurture::simulation {
namespace {

std::string sentence(const Line& line) {
    auto text = fmt::format("  {}  {}", base::format_instant(line.at), name(line.what));
    if (line.message != 0)
        text += fmt::format("  message {}", line.message);
    if (!line.who.empty())
        text += "  " + line.who;
    if (line.number != 0)
        text += fmt::format("  {}", line.number);
    if (!line.text.empty())
        text += "  " + line.text;
    return text + "\n";
}

/// Whatever everybody felt is part of each message's story.
bool concerns(const Line& line, const Violation& violation, const std::string& address) {
    switch (line.what) {
    case What::killed:
    case What::started:
    case What::disk:
    case What::clock:
    case What::stopped:
    case What::resumed:
    case What::applied: return true;
    default: break;
    }
    return (violation.message != 0 && line.message == violation.message) ||
           (!address.empty() && lower_case(line.who) == lower_case(address));
}

}  // namespace

std::string lower_case(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string tell(std::uint64_t seed, const Result& outcome, const Record& record, bool everything) {
    std::string text;
    for (const auto& violation : outcome.violations)
        text += fmt::format("seed {}: {}: {}{}\n", seed, violation.promise, violation.what,
                            violation.message != 0 ? fmt::format(" (message {})", violation.message) : "");
    if (!outcome.violations.empty()) {
        const auto& first = outcome.violations.front();
        auto address = first.who;
        for (const auto& line : record.lines)
            if (address.empty() && first.message != 0 && line.message == first.message)
                address = line.who;
        text += "\nWhat concerns it:\n";
        for (const auto& line : record.lines)
            if (concerns(line, first, address))
                text += sentence(line);
        text += fmt::format("\nAll of it: simulation --seed {} --story\n", seed);
    }
    if (everything)
        for (const auto& line : record.lines)
            text += sentence(line);
    return text;
}

}  // namespace nurture::simulation
