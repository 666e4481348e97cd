// SPDX-License-Identifier: MIT
//
// What becomes of the columns by time alone.
#include "daemon/roster/columns.hpp"
#include "daemon/roster/row_set.hpp"

#include <algorithm>

namespace nurture::roster {

namespace {

/// What ends in the middle of a minute is over from the next one on.
base::Minute first_minute_after(base::Second end) { return std::chrono::ceil<std::chrono::minutes>(end); }

}  // namespace

void Columns::comes(const Coming& coming) {
    put(awaits_, coming.row);
    coming_.insert(coming);
}

/// A look at all that is to come, but only for the few to whom something is.
void Columns::forget_coming(Row row) {
    if (!in(awaits_, row))
        return;
    take(awaits_, row);
    std::erase_if(coming_, [&](const Coming& coming) { return coming.row == row; });
}

void Columns::forget_end(dsl::ListIx list, Row row) {
    if (in(awaits_, row))
        std::erase_if(coming_, [&](const Coming& coming) {
            return coming.row == row && coming.what == Coming::What::left_list && coming.of == list;
        });
}

void Columns::set_suppressed(dsl::Channel channel, Row row, std::optional<base::Second> until) {
    const bool email = channel == dsl::Channel::email;
    (email ? flags_[row].email_suppressed : flags_[row].sms_suppressed) = true;
    if (until)
        comes({first_minute_after(*until), row, email ? Coming::What::email_free : Coming::What::sms_free, 0, {}});
}

void Columns::set_in_list(dsl::ListIx list, Row row, std::optional<base::Second> until) {
    const auto is_end = [&](const Coming& coming) {
        return coming.row == row && coming.what == Coming::What::left_list && coming.of == list;
    };
    if (in_list(list, row)) {
        const auto end = in(awaits_, row) ? std::find_if(coming_.begin(), coming_.end(), is_end) : coming_.end();
        if (end == coming_.end() || (until && first_minute_after(*until) <= end->at))
            return;
        coming_.erase(end);
    }
    put(lists_[list], row);
    if (until)
        comes({first_minute_after(*until), row, Coming::What::left_list, list, {}});
}

void Columns::leave_list(dsl::ListIx list, Row row) {
    take(lists_[list], row);
    forget_end(list, row);
}

base::Minute Columns::next_advance() const { return coming_.empty() ? base::k_never : coming_.begin()->at; }

std::vector<Row> Columns::advance(base::Minute now) {
    now_ = std::max(now_, now);
    std::vector<Row> touched;
    while (next_advance() <= now) {
        const Coming come = *coming_.begin();
        coming_.erase(coming_.begin());
        touched.push_back(come.row);
        switch (come.what) {
        case Coming::What::email_free: flags_[come.row].email_suppressed = false; break;
        case Coming::What::sms_free: flags_[come.row].sms_suppressed = false; break;
        case Coming::What::left_list: take(lists_[come.of], come.row); break;
        case Coming::What::event: happened(come.of, come.row, come.event); break;
        }
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    return touched;
}

}  // namespace nurture::roster
