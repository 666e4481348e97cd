// SPDX-License-Identifier: MIT
#include "daemon/forecast/people.hpp"

namespace nurture::forecast {

const People::Named& People::operator[](store::CandidateId id) {
    const auto [known, added] = known_.try_emplace(id);
    if (!added)
        return known->second;
    static const std::vector<store::ColumnDef> k_names{{"first_name", store::ColumnType::text},
                                                       {"last_name", store::ColumnType::text}};
    if (const auto row = store::read_candidate(store_, id, k_names)) {
        const auto first = store::to_text(row->values[0]), last = store::to_text(row->values[1]);
        known->second = {row->ref, first.empty() || last.empty() ? first + last : first + " " + last};
    }
    return known->second;
}

}  // namespace nurture::forecast
