// SPDX-License-Identifier: MIT
//
// What becomes of the columns by time alone.
#include "daemon/roster/columns.hpp"

#include <algorithm>

namespace nurture::roster {

namespace {

/// What ends in the middle of a minute is over from the next one on.
base::Minute first_minute_after(base::Second end) { return std::chrono::ceil<std::chrono::minutes>(end); }

}  // namespace

void Columns::comes(const Coming& coming) {
    coming_.insert(coming);
    coming_of_[coming.row].insert(coming);
}

void Columns::forget_coming(const Coming& coming) {
    coming_.erase(coming_.find(coming));
    auto& of_row = coming_of_.at(coming.row);
    of_row.erase(of_row.find(coming));
    if (of_row.empty())
        coming_of_.erase(coming.row);
}

void Columns::forget_coming(Row row) {
    while (coming_of_.contains(row))
        forget_coming(Coming{*coming_of_.at(row).begin()});
}

std::optional<Columns::Coming> Columns::end_of(dsl::ListIx list, Row row) const {
    const auto of_row = coming_of_.find(row);
    if (of_row != coming_of_.end())
        for (const Coming& coming : of_row->second)
            if (coming.what == Coming::What::left_list && coming.of == list)
                return coming;
    return std::nullopt;
}

void Columns::set_suppressed(dsl::Channel channel, Row row, std::optional<base::Second> until) {
    const bool email = channel == dsl::Channel::email;
    (email ? flags_[row].email_suppressed : flags_[row].sms_suppressed) = true;
    if (until)
        comes({first_minute_after(*until), row, email ? Coming::What::email_free : Coming::What::sms_free, 0, {}});
}

void Columns::set_in_list(dsl::ListIx list, Row row, std::optional<base::Second> until) {
    if (in_list(list, row)) {
        const auto end = end_of(list, row);
        if (!end || (until && first_minute_after(*until) <= end->at))
            return;
        forget_coming(*end);
    }
    table_.set(list_bit(list), row);
    if (until)
        comes({first_minute_after(*until), row, Coming::What::left_list, list, {}});
}

void Columns::leave_list(dsl::ListIx list, Row row) {
    table_.set(list_bit(list), row, false);
    if (const auto end = end_of(list, row))
        forget_coming(*end);
}

base::Minute Columns::next_advance() const { return coming_.empty() ? base::k_never : coming_.begin()->at; }

std::vector<Row> Columns::advance(base::Minute now) {
    now_ = std::max(now_, now);
    std::vector<Row> touched;
    while (next_advance() <= now) {
        const Coming come = *coming_.begin();
        forget_coming(come);
        touched.push_back(come.row);
        switch (come.what) {
        case Coming::What::email_free: flags_[come.row].email_suppressed = false; break;
        case Coming::What::sms_free: flags_[come.row].sms_suppressed = false; break;
        case Coming::What::left_list: table_.set(list_bit(come.of), come.row, false); break;
        case Coming::What::event: happened(come.of, come.row, come.event); break;
        }
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    return touched;
}

}  // namespace nurture::roster
