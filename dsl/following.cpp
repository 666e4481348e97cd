// SPDX-License-Identifier: MIT
#include "dsl/following.hpp"

#include <algorithm>
#include <type_traits>

namespace nurture::dsl {
namespace {

/// The lines that an operation names, and whether the next one can follow as well. A way that is not taken is left at
/// line 0, which nothing leads to.
struct Ways {
    std::vector<StepIx> to;
    bool next = true;
};

Ways ways(const Op& op) {
    return std::visit(
        [](const auto& o) -> Ways {
            using T = std::decay_t<decltype(o)>;
            if constexpr (std::is_same_v<T, op::Split>) {
                Ways arms{{}, false};
                for (const op::Split::Arm& arm : o.arms) {
                    arms.to.push_back(arm.to);
                }
                return arms;
            } else if constexpr (std::is_same_v<T, op::Jump>) {
                return {{o.to}, false};
            } else if constexpr (std::is_same_v<T, op::Retired>) {
                return {o.to ? std::vector<StepIx>{*o.to} : std::vector<StepIx>{}, false};
            } else if constexpr (std::is_same_v<T, op::HeldOut> || std::is_same_v<T, op::Stop> ||
                                 std::is_same_v<T, op::End>) {
                return {{}, false};
            } else if constexpr (requires { o.past; }) {
                return {{o.past}, true};
            } else if constexpr (requires { o.otherwise; }) {
                return {{o.otherwise}, true};
            } else {
                return {};
            }
        },
        op);
}

}  // namespace

std::vector<StepIx> following(const StepList& steps, StepIx line) {
    Ways on = ways(steps.lines[line].op);
    if (on.next) {
        on.to.push_back(static_cast<StepIx>(line + 1));
    }
    std::erase_if(on.to, [&](StepIx to) { return to <= line || to >= steps.lines.size(); });
    return std::move(on.to);
}

}  // namespace nurture::dsl
