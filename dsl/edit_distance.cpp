// SPDX-License-Identifier: MIT
#include "dsl/edit_distance.hpp"

#include "dsl/limits.hpp"

#include <algorithm>
#include <array>

namespace nurture::dsl {

// Optimal string alignment, three rows.
std::optional<std::size_t> close_enough(std::string_view written, std::string_view meant) {
    const std::size_t most = std::min<std::size_t>(2, written.size() / 3);
    const std::size_t longer = std::max(written.size(), meant.size());
    if (longer > k_nearest_bytes || longer - std::min(written.size(), meant.size()) > most)
        return std::nullopt;
    std::array<std::array<std::size_t, k_nearest_bytes + 1>, 3> rows{};
    auto* before = &rows[0];
    auto* last = &rows[1];
    auto* row = &rows[2];
    for (std::size_t j = 0; j <= meant.size(); ++j)
        (*last)[j] = j;
    for (std::size_t i = 1; i <= written.size(); ++i) {
        (*row)[0] = i;
        for (std::size_t j = 1; j <= meant.size(); ++j) {
            const std::size_t other = written[i - 1] == meant[j - 1] ? 0 : 1;
            std::size_t best = std::min({(*last)[j] + 1, (*row)[j - 1] + 1, (*last)[j - 1] + other});
            if (i > 1 && j > 1 && written[i - 1] == meant[j - 2] && written[i - 2] == meant[j - 1])
                best = std::min(best, (*before)[j - 2] + 1);
            (*row)[j] = best;
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    const std::size_t distance = (*last)[meant.size()];
    return distance <= most ? std::optional(distance) : std::nullopt;
}

}  // namespace nurture::dsl
