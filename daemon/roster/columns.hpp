// SPDX-License-Identifier: MIT
//
// The picture of the candidates that rules are evaluated over: one typed column per field that a rule tests, histories
// per event kind, consents, list membership. Row order is the order in which people came into the store. Holds no name
// and no address unless a rule compares that very field. What equals what is decided once, here: values become numbers
// (codes), and the constants of the rules get theirs when the columns are made. Read from any thread while nobody
// writes; written by the loop thread. Never fails but for memory.
#pragma once

#include "daemon/base/calendar.hpp"
#include "daemon/base/ids.hpp"
#include "daemon/base/time.hpp"
#include "daemon/roster/dictionary.hpp"
#include "daemon/roster/ragged.hpp"
#include "daemon/roster/table.hpp"
#include "dsl/rules.hpp"
#include "dsl/schema.hpp"

#include <compare>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace nurture::roster {

using Row = std::uint32_t;

inline constexpr std::int32_t k_no_day = std::numeric_limits<std::int32_t>::min();

/// Conditions on a larger count look at each event.
inline constexpr std::int32_t k_most_recent = 4;
inline constexpr std::int32_t k_never_yet = std::numeric_limits<std::int32_t>::min();
/// A bit per candidate each; a condition that names another item looks at each person's list.
inline constexpr std::size_t k_most_holders = 256;

/// Of one field: which columns of the table it has, as its kind needs them. Unknown is code 0, an empty list, NaN,
/// k_no_day, 0.
struct FieldColumn {
    enum class Kept : std::uint8_t { nothing, known, values };
    Kept kept = Kept::nothing;  // no rule looks at it; rules only ask whether it is known; rules compare it
    Table::Column<std::uint8_t> known;
    Dictionary dictionary;              // of codes and items
    Table::Column<std::uint8_t> codes;  // text, while all codes fit into a byte, which is how it mostly is
    Table::Column<Code> wide_codes;     // instead of it, from the first larger one on
    Ragged<Code> items;                 // list
    /// Who has an item, for the items that rules name: their codes are the first. The bit of code 0 is nobody's.
    Table::Bits holders;
    Table::Column<double> numbers;       // number
    Table::Column<std::int32_t> days;    // date
    Table::Column<std::uint8_t> yes_no;  // 1 no, 2 yes
    Table::Column<float> lat, lon;       // place, degrees
};

/// Something that happened. For message events `name` is the template and `channel` says which; imported history that
/// names no channel fits both.
struct Event {
    std::int32_t minute = 0;  // since 1970
    Code name : 30 = 0;
    Code channel : 2 = 0;  // 0 unsaid, 1 email, 2 sms
    friend auto operator<=>(const Event& a, const Event& b) {
        return std::tuple(a.minute, Code{a.name}, Code{a.channel}) <=>
               std::tuple(b.minute, Code{b.name}, Code{b.channel});
    }
    friend bool operator==(const Event& a, const Event& b) { return (a <=> b) == 0; }
};

/// Of one kind. Most rules ask when it last happened, or last but one: `recent` answers that. Each single event is kept
/// only if a rule asks for more: for names, channels, or counts, for which a message event that is told twice must
/// count once.
struct EventColumn {
    enum class Kept : std::uint8_t { nothing, recent, each };
    Kept kept = Kept::nothing;
    std::vector<Table::Column<std::int32_t>> recent{1};  // [n]: the minute of the newest but n, or k_never_yet
    Dictionary names;
    Ragged<Event> events;  // per row in order of time
};

/// The latest word on a consent.
struct ConsentColumn {
    Table::Column<std::uint8_t> status;  // a dsl::cond::ConsentIs
    Table::Column<std::int32_t> days;    // of that word, in the policy's zone
};

enum class ZoneFrom : std::uint8_t { candidate, state, policy };

/// What is true of a person whatever the rules say.
struct PersonFlags {
    bool erased : 1 = false;
    bool has_email : 1 = false;
    bool has_phone : 1 = false;
    bool email_suppressed : 1 = false;
    bool sms_suppressed : 1 = false;
    friend bool operator==(const PersonFlags&, const PersonFlags&) = default;
};

/// Equal for two people exactly if they share the mailbox or phone (the first bytes of the address key, a keyed hash);
/// zero: has none.
using AddressNumber = std::uint64_t;

class Columns {
public:
    /// Empty columns for what these rules, and step lists that people began under earlier ones, look at. All indices
    /// are those of rules.schema. It is before all time: see advance().
    explicit Columns(const dsl::Rules& rules, std::span<const std::shared_ptr<const dsl::StepList>> older = {});

    std::size_t size() const { return ids_.size(); }
    base::CandidateId id(Row row) const { return ids_[row]; }
    std::optional<Row> find(base::CandidateId id) const;
    /// The first row of that id or a larger one; size() if there is none.
    Row lower_bound(base::CandidateId id) const;

    base::ZoneId policy_zone() const { return policy_zone_; }
    base::ZoneId zone(Row row) const { return zones_[row]; }
    ZoneFrom zone_from(Row row) const { return zone_from_[row]; }
    PersonFlags flags(Row row) const { return flags_[row]; }
    AddressNumber mailbox(Row row) const { return mailboxes_[row]; }
    AddressNumber phone(Row row) const { return phones_[row]; }
    /// What the person draws in splits; kept where a campaign has one.
    std::uint64_t lot(Row row) const { return draws_lots_ ? lots_[row] : 0; }
    /// Who looks after the person, and what a rule calls them; nobody: 0, and empty.
    Code owner(Row row) const { return code(fields_[static_cast<dsl::FieldIx>(dsl::BuiltIn::owner)], row); }
    Code owner_of(base::CandidateId who) const;
    std::string_view owner_name(Code owner) const;

    const dsl::Schema& schema() const { return schema_; }
    const FieldColumn& field(dsl::FieldIx field) const { return fields_[field]; }
    const EventColumn& events(dsl::EventIx kind) const { return events_[kind]; }
    const ConsentColumn& consent(dsl::ConsentIx consent) const { return consents_[consent]; }
    /// Where all of these stand, and these bits of it: who is in a list, and who is not erased.
    const Table& table() const { return table_; }
    std::uint32_t list_bit(dsl::ListIx list) const { return lists_.first + list; }
    std::uint32_t living_bit() const { return living_.first; }

    bool in_list(dsl::ListIx list, Row row) const { return table_.test(list_bit(list), row); }
    bool is_living(Row row) const { return table_.test(living_bit(), row); }
    std::int64_t people() const;  // who live
    Code code(const FieldColumn& text, Row row) const {
        return text.wide_codes ? table_.get(text.wide_codes, row) : table_.get(text.codes, row);
    }
    dsl::cond::ConsentIs consent(dsl::ConsentIx consent, Row row) const;
    std::optional<base::Day> date(dsl::FieldIx field, Row row) const;

    // --- writing: add() or clear() a row, then set what is known of it --------------------------------------------

    /// Ids come in ascending order.
    Row add(base::CandidateId id);
    /// The row as after add(): nothing known.
    void clear(Row row);

    void set_erased(Row row);
    /// 0: none that could be written to.
    void set_mailbox(Row row, AddressNumber mailbox);
    void set_phone(Row row, AddressNumber phone);
    void set_ref(Row row, std::string_view ref);
    void set_suppressed(dsl::Channel channel, Row row, std::optional<base::Second> until = {});
    /// Where it is known from the person's own time zone, or from their state; else the policy's holds.
    void set_zone(Row row, base::ZoneId zone, ZoneFrom from);

    /// Values of a field of the fitting kind. Fields that no rule looks at are skipped.
    void set_text(dsl::FieldIx field, Row row, std::string_view value);
    void add_item(dsl::FieldIx field, Row row, std::string_view value);
    void set_number(dsl::FieldIx field, Row row, double value);
    void set_day(dsl::FieldIx field, Row row, base::Day value);
    void set_yes_no(dsl::FieldIx field, Row row, bool value);
    void set_place(dsl::FieldIx field, Row row, double lat, double lon);

    /// `name` is a name or, with a channel, a template. A message event that is there already is not added again.
    void add_event(dsl::EventIx kind, Row row, base::Minute at, std::string_view name = {},
                   std::optional<dsl::Channel> channel = {});
    /// In order of time: the last one holds.
    void set_consent(dsl::ConsentIx consent, Row row, dsl::cond::ConsentIs status, base::Second at);
    /// Of two ends the later one holds; none is the latest.
    void set_in_list(dsl::ListIx list, Row row, std::optional<base::Second> until = {});
    void leave_list(dsl::ListIx list, Row row);

    // --- what time brings: addresses suspended and lists joined until an hour, events that were entered ahead of time
    // -

    /// When advance() has something to do; k_never if nothing is to come.
    base::Minute next_advance() const;
    /// What ends or happens at or before `now`, which never goes back. The rows it touched, ascending. Events later
    /// than the `now` of the last call are not among the events yet.
    std::vector<Row> advance(base::Minute now);

    /// Gives back what growing took in advance: after a load.
    void shrink();

    /// The same is known of the same people; codes may differ.
    friend bool operator==(const Columns& a, const Columns& b);

private:
    /// Due at a minute, about a row: the end of a suspension or of a list membership, or an event.
    struct Coming {
        enum class What : std::uint8_t { email_free, sms_free, left_list, event };
        base::Minute at;
        Row row;
        What what{};
        std::uint16_t of = 0;  // a ListIx or an EventIx
        Event event{};
        friend auto operator<=>(const Coming&, const Coming&) = default;
    };

    void comes(const Coming& coming);
    void forget_coming(const Coming& coming);
    void forget_coming(Row row);
    std::optional<Coming> end_of(dsl::ListIx list, Row row) const;
    void happened(dsl::EventIx kind, Row row, const Event& event);
    void lay_out();
    void lay_out(FieldColumn& column, dsl::FieldKind kind);
    bool keeps_value(const FieldColumn& column, Row row);
    friend class Needs;  // columns_needs.cpp: what the rules look at

    dsl::Schema schema_;
    base::ZoneId policy_zone_;
    std::vector<base::CandidateId> ids_;
    std::vector<base::ZoneId> zones_;
    std::vector<ZoneFrom> zone_from_;
    std::vector<PersonFlags> flags_;
    Table table_;
    Table::Bits lists_, living_;  // lists by ListIx
    std::vector<AddressNumber> mailboxes_, phones_;
    bool draws_lots_ = false;
    std::vector<std::uint64_t> lots_;      // empty if nobody draws
    std::vector<FieldColumn> fields_;      // by FieldIx
    std::vector<EventColumn> events_;      // by EventIx
    std::vector<ConsentColumn> consents_;  // by ConsentIx
    base::Minute now_ = base::Minute::min();
    std::multiset<Coming> coming_;
    std::unordered_map<Row, std::multiset<Coming>> coming_of_;  // the same; looked up, never walked
};

}  // namespace nurture::roster
