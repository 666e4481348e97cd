// SPDX-License-Identifier: MIT
//
// Whom a check may let in, kept as bitmaps per campaign, so that a check costs a bit or two per person and a question
// to those few about whom bits cannot say it all. A picture of columns, enrolments and their traces: it is filled again
// from them whenever a check is due, for those who changed since, and is no part of what the state knows. Two bits per
// person and campaign, and 12 to 24 bytes per address for who shares it with whom. One writer, like State.
#pragma once

#include "daemon/engine/bitmap.hpp"
#include "daemon/engine/enrolment.hpp"
#include "daemon/roster/columns.hpp"

#include <map>
#include <span>
#include <vector>

namespace nurture::engine {

struct State;
using roster::Row;

/// Rows that may have an address in common with another row or with an enrolment of another row. Never forgets: who
/// was doubtful once, stays so.
class Doubles {
public:
    /// The row has this address, or had it when it came into a campaign. 0: none.
    void add(roster::AddressNumber address, Row row);
    /// Whose row it is, is not known.
    void add_of_nobody(roster::AddressNumber address) { add(address, k_nobody); }
    const Bitmap& rows() const { return rows_; }
    /// Who was the first with it; k_nobody: not known, or nobody.
    Row holder(roster::AddressNumber address) const;
    void doubt(Row row);
    /// So many can be added before it grows.
    void reserve(std::size_t addresses);

    static constexpr Row k_nobody = 0xffff'fffe;

private:
    struct Place {
        std::uint32_t mark = 0;  // of the address: equal marks of different addresses cost a question, no more
        Row row = k_free;
    };
    static constexpr Row k_free = 0xffff'ffff;

    std::size_t place_of(std::uint32_t mark) const;

    std::vector<Place> places_;  // open addressing, a power of two, at most two thirds full
    std::size_t used_ = 0;
    Bitmap rows_;
};

class Admission {
public:
    explicit Admission(std::size_t campaigns);

    /// Something is different about that person.
    void look_again_at(Row row);
    /// An enrolment of that row is new or changed.
    void put(const Enrolment& enrolment, Row row);
    void look_again_at_everybody() { everybody_ = true; }
    /// Who may come back from today on.
    void begin_day(Day today);
    /// From the state as it is.
    void refresh(const State& state);

    /// Whose record allows it: not erased, on no never-contact list, allowed in test mode, can be written to.
    const Bitmap& may(dsl::CampaignIx campaign) const { return may_[campaign]; }
    /// Whose own enrolment keeps them out: a live one, or one too recent.
    const Bitmap& barred(dsl::CampaignIx campaign) const { return barred_[campaign]; }
    /// Whose address may be somebody else's too: nothing is certain about them.
    const Bitmap& doubtful() const { return doubles_.rows(); }

private:
    void read_everybody(const State& state);
    void read_records(const State& state, dsl::CampaignIx campaign);
    bool too_recent(const State& state, dsl::CampaignIx campaign, Row row);
    void read_record(const State& state, Row row);
    void read_enrolments(const State& state, dsl::CampaignIx campaign, Row row);

    std::vector<Bitmap> may_, barred_;  // by dsl::CampaignIx
    Doubles doubles_;
    struct Stale {
        Row row = 0;
        dsl::CampaignIx campaign = k_all;  // of which an enrolment is different; k_all: the record
        friend auto operator<=>(const Stale&, const Stale&) = default;
    };
    static constexpr dsl::CampaignIx k_all = 0xffff;
    std::vector<Stale> stale_;  // in any order, perhaps twice
    bool everybody_ = true;
    std::map<Day, std::vector<Stale>> back_on_;  // whose bar may fall that day
};

}  // namespace nurture::engine
