// SPDX-License-Identifier: MIT
#include "daemon/roster/load.hpp"

#include "daemon/store/candidates.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/suppressions.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace nurture::roster {

namespace {

constexpr auto field_ix(dsl::BuiltIn field) { return static_cast<dsl::FieldIx>(field); }
constexpr auto event_ix(dsl::BuiltInEvent event) { return static_cast<dsl::EventIx>(event); }

dsl::Channel channel_of(store::Channel channel) {
    return channel == store::Channel::email ? dsl::Channel::email : dsl::Channel::sms;
}

/// Names are few, come again and again, and mostly right after each other.
template<typename Found>
class Lookup {
public:
    template<typename Find>
    std::optional<Found> operator()(std::string_view name, Find find) {
        if (last_ < known_.size() && known_[last_].first == name)
            return known_[last_].second;
        const auto is_it = [&](const auto& known) { return known.first == name; };
        last_ = static_cast<std::size_t>(std::find_if(known_.begin(), known_.end(), is_it) - known_.begin());
        if (last_ < known_.size())
            return known_[last_].second;
        if (known_.size() == k_most)
            return find(name);
        known_.emplace_back(name, find(name));
        return known_.back().second;
    }

private:
    static constexpr std::size_t k_most = 64;  // looking through more costs more than finding it again
    std::vector<std::pair<std::string, std::optional<Found>>> known_;
    std::size_t last_ = 0;
};

/// What a message of ours was, for the events that only know its number.
struct OwnMessage {
    store::MessageId id = 0;
    std::uint32_t name = 0;  // in Reader::templates_
    dsl::Channel channel{};
};

class Reader {
public:
    Reader(Columns& columns, const store::Database& database, store::IdRange people, base::Second now,
           const Listeners& listeners)
        : columns_(columns),
          schema_(columns.schema()),
          database_(database),
          people_(people),
          now_(now),
          way_(listeners.way != nullptr ? *listeners.way : unheard_),
          message_(listeners.message) {}

    void read(std::vector<Row>& touched) {
        const bool all = people_.everybody();  // of some people nobody asks how far it is
        const std::int64_t last = all ? store::last_candidate(database_) : 0;
        way_.part(0, 35, last);  // roughly, where people have several events each
        candidates(touched);
        way_.part(35, 45, last);
        items();
        way_.part(45, 60, all ? store::last_message(database_) : 0);
        messages();
        way_.part(60, 90, last);
        events();
        way_.part(90, 98, last);
        consents();
        way_.part(98, 100, last);
        lists();
    }

    void all_suppressions() {
        for (const store::Suppression& suppression : store::suppressions(database_, now_))
            for (const base::CandidateId id : store::find_by_key(database_, suppression.channel, suppression.key))
                if (const auto row = columns_.find(id))
                    columns_.set_suppressed(channel_of(suppression.channel), *row, suppression.until);
    }

    void own_suppression(Row row, const store::AddrKey* key, store::Channel channel) {
        if (key == nullptr)
            return;
        if (const auto suppression = store::suppression(database_, *key, channel, now_))
            columns_.set_suppressed(channel_of(channel), row, suppression->until);
    }

private:
    /// Fields that are columns of the candidate table; the first three are always read.
    std::vector<dsl::FieldIx> used_fields() const {
        std::vector<dsl::FieldIx> used = {field_ix(dsl::BuiltIn::time_zone), field_ix(dsl::BuiltIn::state),
                                          field_ix(dsl::BuiltIn::created)};
        for (dsl::FieldIx field = 0; field < schema_.fields.size(); ++field)
            if (columns_.field(field).kept != FieldColumn::Kept::nothing &&
                schema_.fields[field].kind != dsl::FieldKind::list &&
                std::find(used.begin(), used.end(), field) == used.end())
                used.push_back(field);
        return used;
    }

    void candidates(std::vector<Row>& touched) {
        const std::vector<dsl::FieldIx> used = used_fields();
        std::vector<std::string> names;
        for (const dsl::FieldIx field : used)
            names.push_back(schema_.fields[field].name);
        store::CandidateScan scan(database_, names, people_);
        while (scan.next()) {
            way_.at(scan.id());
            const bool is_new = columns_.size() == 0 || scan.id() > columns_.id(static_cast<Row>(columns_.size() - 1));
            const auto row = is_new ? columns_.add(scan.id()) : columns_.find(scan.id());
            if (!row)
                continue;  // erased before the columns were made
            if (is_new)
                touched.push_back(*row);
            if (!is_new)
                columns_.clear(*row);
            if (scan.erased())
                columns_.set_erased(*row);
            else
                candidate(scan, *row, used);
        }
    }

    void candidate(const store::CandidateScan& scan, Row row, const std::vector<dsl::FieldIx>& used) {
        if (const auto own = zone_(scan.text(0), base::find_zone))
            columns_.set_zone(row, *own, ZoneFrom::candidate);
        else if (const auto home = zone_of_state_(scan.text(1), base::zone_of_state))
            columns_.set_zone(row, *home, ZoneFrom::state);
        columns_.set_mailbox(row, address_number(scan.email_key()));
        columns_.set_phone(row, address_number(scan.phone_key()));
        columns_.set_ref(row, scan.ref());
        const base::Minute joined = base::floor_minute(scan.joined_at());
        columns_.add_event(event_ix(dsl::BuiltInEvent::joined), row, joined);
        if (columns_.field(used[2]).kept != FieldColumn::Kept::nothing)  // `created`, unless the file says otherwise
            columns_.set_day(used[2], row, base::local_day(columns_.policy_zone(), joined));
        for (std::size_t i = 0; i < used.size(); ++i)
            value(scan, i, used[i], row);
        if (!people_.everybody()) {
            own_suppression(row, scan.email_key(), store::Channel::email);
            own_suppression(row, scan.phone_key(), store::Channel::sms);
        }
    }

    void value(const store::CandidateScan& scan, std::size_t i, dsl::FieldIx field, Row row) {
        switch (schema_.fields[field].kind) {
        case dsl::FieldKind::text: return columns_.set_text(field, row, scan.text(i));  // blank and unknown are one
        case dsl::FieldKind::number: return scan.known(i) ? columns_.set_number(field, row, scan.number(i)) : void();
        case dsl::FieldKind::yes_no: return scan.known(i) ? columns_.set_yes_no(field, row, scan.yes(i)) : void();
        case dsl::FieldKind::date:
            if (const auto day = scan.date(i))
                columns_.set_day(field, row, *day);
            return;
        case dsl::FieldKind::place:
            if (const auto place = scan.place(i))
                columns_.set_place(field, row, place->lat, place->lon);
            return;
        case dsl::FieldKind::list: return;  // rows of their own
        }
    }

    void items() {
        store::ItemScan scan(database_, people_);
        for (store::ItemRow item; scan.next(item);)
            if (const auto field = list_field(item.field))
                if (const auto row = living_next(item.candidate))
                    columns_.add_item(*field, *row, item.value);
    }

    /// Messages that count, as `received`, and what came back for any.
    void messages() {
        store::scan_ledger(database_, people_, [&](const store::LedgerRow& message) {
            way_.at(message.message);
            if (message_)
                message_(message);
            const bool known = store::has_place(message.state);
            const std::string_view name = known ? message.message_template : "";
            const dsl::Channel channel = channel_of(message.channel);
            if (known)
                own_.push_back({message.message, template_number(name), channel});
            const auto row = living(message.candidate);
            if (!row)
                return;
            if (store::counts(message.state) && message.counted_at)
                columns_.add_event(event_ix(dsl::BuiltInEvent::received), *row, base::floor_minute(*message.counted_at),
                                   name, channel);
            for (const store::Feedback& feedback : message.feedback)
                if (const auto ix = kept(feedback.kind))
                    columns_.add_event(*ix, *row, base::floor_minute(feedback.at), name,
                                       known ? std::optional(channel) : std::nullopt);
        });
        if (!people_.everybody())
            std::sort(own_.begin(), own_.end(), [](const OwnMessage& a, const OwnMessage& b) { return a.id < b.id; });
    }

    void events() {
        store::EventPick scan(database_, people_, [&](std::string_view kind) {
            const auto ix = kept(kind);
            return !ix                                                      ? store::Part::nothing
                   : columns_.events(*ix).kept == EventColumn::Kept::recent ? store::Part::brief
                                                                            : store::Part::whole;
        });
        for (store::EventRow event; scan.next(event);) {
            const auto ix = kept(event.kind);
            const auto row = ix ? living_next(event.candidate) : std::nullopt;
            if (!row)
                continue;
            const OwnMessage* own = find_message(event.message);
            columns_.add_event(*ix, *row, base::floor_minute(event.at),
                               own != nullptr ? templates_[own->name] : event.detail,
                               own != nullptr ? std::optional(own->channel) : std::nullopt);
        }
    }

    /// None: nothing looks at such events.
    std::optional<dsl::EventIx> kept(std::string_view kind) {
        const auto ix = event_ix_(kind, [&](std::string_view name) { return schema_.event(name); });
        return ix && columns_.events(*ix).kept != EventColumn::Kept::nothing ? ix : std::nullopt;
    }

    void consents() {
        store::ConsentWordScan scan(database_, people_);
        for (store::ConsentWord word; scan.next(word);)
            if (const auto consent =
                    consent_ix_(word.name, [&](std::string_view name) { return schema_.consent(name); }))
                if (const auto row = living_next(word.candidate))
                    columns_.set_consent(*consent, *row,
                                         word.given ? dsl::cond::ConsentIs::given : dsl::cond::ConsentIs::withdrawn,
                                         word.at);
    }

    void lists() {
        store::ListScan scan(database_, people_);
        for (store::ListMemberRow member; scan.next(member);)
            if (const auto list = list_ix_(member.list, [&](std::string_view name) { return schema_.list(name); });
                list && (!member.until || *member.until > now_))
                if (const auto row = living_next(member.candidate))
                    columns_.set_in_list(*list, *row, member.until);
    }

    std::optional<dsl::FieldIx> list_field(std::string_view field) {
        return list_field_(field, [&](std::string_view name) {
            const auto ix = schema_.field(name);
            return ix && schema_.fields[*ix].kind == dsl::FieldKind::list ? ix : std::nullopt;
        });
    }

    /// Of tables that are read in the order of people.
    std::optional<Row> living_next(base::CandidateId id) {
        way_.at(id);
        return living(id);
    }

    /// Mostly it is the one of before, or one soon after.
    std::optional<Row> living(base::CandidateId id) {
        constexpr int k_soon = 8;
        for (int step = 0; step < k_soon && row_ && columns_.id(*row_) < id; ++step)
            row_ = *row_ + 1 < columns_.size() ? std::optional(*row_ + 1) : std::nullopt;
        if (!row_ || columns_.id(*row_) != id)
            row_ = columns_.find(id);
        return row_ && !columns_.flags(*row_).erased ? row_ : std::nullopt;
    }

    std::uint32_t template_number(std::string_view name) {
        const auto known = std::find(templates_.begin(), templates_.end(), name);
        const auto number = static_cast<std::uint32_t>(known - templates_.begin());
        if (known == templates_.end())
            templates_.emplace_back(name);
        return number;
    }

    const OwnMessage* find_message(store::MessageId id) const {
        const auto at =
            std::lower_bound(own_.begin(), own_.end(), id, [](const OwnMessage& a, auto b) { return a.id < b; });
        return id != 0 && at != own_.end() && at->id == id ? &*at : nullptr;
    }

    Columns& columns_;
    const dsl::Schema& schema_;
    const store::Database& database_;
    store::IdRange people_;
    base::Second now_;
    base::HowFar unheard_;
    base::HowFar& way_;
    const std::function<void(const store::LedgerRow&)>& message_;
    Lookup<base::ZoneId> zone_, zone_of_state_;
    Lookup<dsl::FieldIx> list_field_;
    Lookup<dsl::EventIx> event_ix_;
    Lookup<dsl::ConsentIx> consent_ix_;
    Lookup<dsl::ListIx> list_ix_;
    std::optional<Row> row_;
    std::vector<OwnMessage> own_;
    std::vector<std::string> templates_;  // some dozens
};

}  // namespace

// The key is a keyed hash already: its first bytes are as good as any. Zero means "none", so it is given to nobody.
AddressNumber address_number(const store::AddrKey* key) {
    if (key == nullptr)
        return 0;
    AddressNumber number = 0;
    std::memcpy(&number, key->data(), sizeof number);
    return std::max<AddressNumber>(number, 1);
}

Columns load(const store::Database& database, const dsl::Rules& rules,
             std::span<const std::shared_ptr<const dsl::StepList>> older, base::Second now,
             const Listeners& listeners) {
    Columns columns(rules, older);
    columns.advance(base::floor_minute(now));
    std::vector<Row> touched;
    Reader reader(columns, database, {}, now, listeners);
    reader.read(touched);
    reader.all_suppressions();
    columns.shrink();
    return columns;
}

std::vector<Row> reread(Columns& columns, const store::Database& database, store::IdRange people, base::Second now) {
    std::vector<Row> touched;
    // Whoever the scan does not find any more was erased.
    for (Row row = columns.lower_bound(people.first); row < columns.size() && columns.id(row) <= people.last; ++row) {
        columns.clear(row);
        columns.set_erased(row);
        touched.push_back(row);
    }
    const Listeners nobody;
    Reader(columns, database, people, now, nobody).read(touched);
    return touched;
}

}  // namespace nurture::roster
