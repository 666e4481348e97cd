// SPDX-License-Identifier: MIT
//
// One email with eight variables, subject, plain text and HTML, against a compiled list: the literal pieces of both
// bodies, cut out beforehand, and the values between them, escaped for HTML. The bytes are compared. The floor contains
// the SHA-256 of the bodies: a message is not composed without the hash that approvals and the journal name. Usage:
// render_bench
#include "daemon/compose/compose.hpp"
#include "dsl/compile.hpp"
#include "tests/bench/frame.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace nurture;

namespace {

const std::vector<std::string> k_fields = {"first_name", "city", "profession", "license_state", "source"};

/// About two thousand characters.
std::string rules() {
    std::string text = R"(edition 2026
fields
  profession     text
  license_state  text
  source         text
end
policy "Lone Star Staffing"
  postal address "500 Main St, Suite 210, Dallas, TX 75201"
  time zone candidate, otherwise "America/Chicago"
  email requires consent "job news"
end
template "news" for email
  subject "New shifts in {{city or Texas}}, {{first_name or there}}"
  | Hi {{first_name or there}},
  |
  | it has been a while since {{source or somebody}} brought us together. Hospitals near {{city or you}} have opened
  | shifts for every {{profession or specialty}} who is licensed in {{license_state or the state}}.
)";
    for (int i = 0; i < 7; ++i)
        text += R"(  |
  | The unit in the north is the quieter one, with two nurses on every night and a charge nurse who has been there for
  | **twelve years**. The one in the south pays four dollars more, and asks for weekends. [Both of them](https://lonestar.example/shifts)
  | would like to hear from you.
)";
    return text + R"(  |
  | {{owner_name}}, {{organisation}}, {{postal_address}}
  | Stop these emails: {{unsubscribe_link}}
end
)";
}

compose::Values values(const dsl::Schema& schema, const std::vector<std::string>& words) {
    compose::Values values;
    values.fields.resize(schema.fields.size());
    for (std::size_t i = 0; i < k_fields.size(); ++i)
        values.fields[*schema.field(k_fields[i])] = words[i];
    values.owner_name = words[5];
    values.organisation = words[6];
    values.postal_address = words[7];
    return values;
}

std::string escaped(const std::string& text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text)
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    return out;
}

/// Literals with the numbers of the values between them.
struct List {
    std::vector<std::string> literals;
    std::vector<std::size_t> values;
    std::size_t size = 0;

    /// From a text in which word i of `marks` stands for value i.
    List(const std::string& text, const std::vector<std::string>& marks) {
        std::size_t from = 0;
        for (;;) {
            std::size_t next = std::string::npos, which = 0;
            for (std::size_t i = 0; i < marks.size(); ++i)
                if (const auto at = text.find(marks[i], from); at < next)
                    next = at, which = i;
            literals.push_back(text.substr(from, next == std::string::npos ? next : next - from));
            size += literals.back().size() + 40;
            if (next == std::string::npos)
                return;
            values.push_back(which);
            from = next + marks[which].size();
        }
    }
    std::string fill(const std::vector<std::string>& words, bool escape) const {
        std::string out;
        out.reserve(size);
        for (std::size_t i = 0; i < values.size(); ++i) {
            out += literals[i];
            out += escape ? escaped(words[values[i]]) : words[values[i]];
        }
        return out += literals.back();
    }
};

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 2'000;
    dsl::SourceSet sources;
    sources.files.push_back({"news.nurture", rules()});
    const auto compiled = dsl::compile(sources, {});
    if (!compiled.rules) {
        std::fputs(dsl::render_all(compiled.diagnostics, sources).c_str(), stderr);
        return 1;
    }
    const auto& message_text = compiled.rules->templates[0];
    const auto& schema = compiled.rules->schema;
    const std::vector<std::string> marks = {"Zmarka", "Zmarkb", "Zmarkc", "Zmarkd",
                                            "Zmarke", "Zmarkf", "Zmarkg", "Zmarkh"};
    const std::vector<std::string> words = {
        "Ana",   "Plano",     "Registered Nurse",   "TX",
        "A & B", "Dana <Wu>", "Lone Star Staffing", "500 Main St, Suite 210, Dallas, TX 75201"};
    const auto made = [&](const std::vector<std::string>& with) {
        return std::get<compose::Composed>(compose::compose(message_text, values(schema, with), {}));
    };
    const auto pattern = made(marks);
    const List subject(pattern.subject, marks), plain(pattern.plain, marks), html(pattern.html, marks);
    const auto letter = made(words);
    if (subject.fill(words, false) != letter.subject || plain.fill(words, false) != letter.plain ||
        html.fill(words, true) != letter.html) {
        std::fputs("the compiled list and compose() do not agree\n", stderr);
        return 1;
    }
    std::size_t sum = 0;
    const double list = bench::median_cpu(9, [&] {
        for (int i = 0; i < rounds; ++i)
            sum += subject.fill(words, false).size() + plain.fill(words, false).size() + html.fill(words, true).size();
    });
    const double floor = bench::median_cpu(9, [&] {
        for (int i = 0; i < rounds; ++i)
            sum +=
                subject.fill(words, false).size() + base::sha256(plain.fill(words, false) + html.fill(words, true))[0];
    });
    const auto filled = values(schema, words);
    const compose::Prepared prepared(message_text);
    const auto with = [&](const compose::Links& links) {
        return bench::median_cpu(9, [&] {
            for (int i = 0; i < rounds; ++i)
                sum += std::get<compose::Composed>(prepared.fill(filled, links)).html.size();
        });
    };
    const double ours = with({});
    const double sent =
        with({.unsubscribe = "https://talent.example/u/2k5f9c7a1e", .preferences = {}, .renew_consent = {}});
    const double ready = bench::median_cpu(9, [&] {
        for (int i = 0; i < rounds / 10 + 1; ++i)
            sum += std::get<compose::Composed>(compose::compose(message_text, filled, {})).html.size();
    });
    const auto each = [&](double seconds) { return seconds / rounds * 1e6; };
    bench::print(
        {"render", 0, each(ours), each(floor), "us",
         fmt::format("{} bytes of plain text, {} of HTML; of the floor the compiled list is {:.1f} µs, their hash "
                     "the rest; with a recipient's link {:.1f} µs; to make the template ready, once, and one "
                     "message {:.0f} µs{}",
                     letter.plain.size(), letter.html.size(), each(list), each(sent), ready / (rounds / 10 + 1) * 1e6,
                     sum == 0 ? "?" : "")});
    return 0;
}
