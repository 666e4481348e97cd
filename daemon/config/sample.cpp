// SPDX-License-Identifier: MIT
#include "daemon/config/config.hpp"
#include "daemon/config/keys.hpp"

#include <fmt/format.h>

namespace nurture::config {
namespace {

constexpr const char* k_people = R"(
# The people that rule files name as owners. They get tasks, and candidates' answers.
[people]
"dana.wu" = { name = "Dana Wu", email = "dana.wu@lonestar.example", phone = "+15125550101" }
"lee.ortiz" = { name = "Lee Ortiz", email = "lee.ortiz@lonestar.example", phone = "+15125550102" }
"priya.nair" = { name = "Priya Nair", email = "priya.nair@lonestar.example", phone = "+15125550103" }
"ruth.lindqvist" = { name = "Ruth Lindqvist", email = "ruth.lindqvist@lonestar.example", phone = "+15125550104" }
"sam.okafor" = { name = "Sam Okafor", email = "sam.okafor@lonestar.example", phone = "+15125550105" }
)";

/// scdoc reads these two as emphasis.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '*' || c == '_')
            out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

std::string sample_text() {
    std::string text =
        "# nurtured.toml: how this installation sends. What is sent, and to whom, stands in the rule files.\n";
    for (const auto& section : sections()) {
        if (section.repeated) {
            text += fmt::format("\n# {}\n#[[{}]]\n", section.doc, section.name);
            continue;  // its keys: nurtured.toml(5)
        }
        text += fmt::format("\n# {}\n[{}]\n", section.doc, section.name);
        for (const auto& key : keys()) {
            if (std::string_view(key.section) != section.name)
                continue;
            text += fmt::format("# {}\n", key.doc);
            text += *key.sample != '\0' ? fmt::format("{} = {}\n", key.name, key.sample)
                                        : fmt::format("#{} = {}\n", key.name, key.fallback);
        }
    }
    return text + k_people;
}

std::string reference_text() {
    std::string text;
    for (const auto& section : sections()) {
        const std::string mark = section.repeated ? "[[{}]]" : "[{}]";
        text += "## " + fmt::format(fmt::runtime(mark), section.name) + "\n\n" + plain(section.doc) + "\n\n";
        for (const auto& key : keys()) {
            if (std::string_view(key.section) != section.name)
                continue;
            const auto value = *key.sample != '\0' ? key.sample : key.fallback;
            text += fmt::format("*{}* = {}{}\n\t{}\n\n", plain(key.name), plain(value),
                                key.mandatory ? " (mandatory)" : "", plain(key.doc));
        }
    }
    return text;
}

}  // namespace nurture::config
