// SPDX-License-Identifier: MIT
#include "daemon/engine/state.hpp"

#include <algorithm>

namespace nurture::engine {

State::State(std::shared_ptr<const dsl::Rules> of, std::shared_ptr<roster::Columns> people, const Settings& with)
    : rules(std::move(of)),
      times(std::make_shared<const Timetable>(*rules)),
      columns(std::move(people)),
      settings(with),
      member(rules, *columns),
      past(rules->campaigns.size()),
      campaigns(rules->campaigns.size()),
      admission(rules->campaigns.size()) {}

void sort_out(std::vector<roster::Row>& rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

bool same(const State& a, const State& b) {
    return a.rules->hash == b.rules->hash && *a.columns == *b.columns && a.settings == b.settings &&
           a.today == b.today && a.cursor == b.cursor && a.next_enrolment == b.next_enrolment && a.member == b.member &&
           a.book == b.book && a.past == b.past && a.ledger == b.ledger && a.campaigns == b.campaigns &&
           a.pace == b.pace && a.stopped == b.stopped && a.channel_held == b.channel_held && a.no_way == b.no_way &&
           a.allowed == b.allowed;
}

}  // namespace nurture::engine
