// SPDX-License-Identifier: MIT
// `explain`: what a message means, with a wrong and a right example.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "dsl/codes.hpp"
#include "dsl/pages.hpp"

#include <fmt/format.h>

#include <ostream>

namespace nurture::cli {
namespace {

constexpr const char* k_defaults = "defaults";

std::string line(const dsl::CodeInfo& info) {
    return fmt::format("{} {:<8} {}\n", info.code, info.severity == dsl::Severity::error ? "error" : "warning",
                       info.meaning);
}

/// As it stands in the table, or as somebody typed it: n0104.
const dsl::CodeInfo* find_code(std::string code) {
    if (!code.empty() && code.front() == 'n')
        code.front() = 'N';
    return dsl::code_info(code);
}

}  // namespace

int explain(Session& session, const ExplainOptions& options) {
    if (options.code.empty()) {
        for (const auto& info : dsl::all_codes())
            session.out << line(info);
        session.out
            << "\nOne of them: nurture explain N0104.   What holds where a line is not written: nurture explain "
               "defaults\n";
        return 0;
    }
    const auto* info = find_code(options.code);
    if (info == nullptr && options.code != k_defaults) {
        std::vector<std::string> codes{k_defaults};
        for (const auto& known : dsl::all_codes())
            codes.emplace_back(known.code);
        throw Usage(fmt::format("there is no message with the code {}{}; `nurture explain` lists them all",
                                options.code, did_you_mean(options.code, codes)));
    }
    if (info != nullptr)
        session.out << line(*info) << '\n';
    if (const auto page = dsl::page(info != nullptr ? info->code : k_defaults))
        session.out << dsl::to_text(*page);
    return 0;
}

}  // namespace nurture::cli
