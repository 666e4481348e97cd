// SPDX-License-Identifier: MIT
#include "tests/persist/living_store.hpp"

#include "daemon/persist/edits.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/handover.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/messages.hpp"
#include "daemon/store/rule_sets.hpp"
#include "tests/support/instants.hpp"
#include "tests/support/story.hpp"

#include <catch2/catch.hpp>

#include <cstring>

namespace nurture::persist::test {
namespace {

store::Birth birth() { return {std::string(32, '1'), {}}; }

/// Not keyed: a test may know who is who.
store::AddrKey key(const std::string& address) {
    store::AddrKey bytes{};
    std::uint64_t hash = 1469598103934665603u;
    for (const char c : address)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    std::memcpy(bytes.data(), &hash, sizeof hash);
    bytes[31] = 1;
    return bytes;
}

store::Value value(store::ColumnType type, const std::string& text) {
    if (text.empty())
        return {};
    switch (type) {
    case store::ColumnType::date: return support::day(text);
    case store::ColumnType::list: {
        std::vector<std::string> items;
        for (std::size_t at = 0; at <= text.size();) {
            const std::size_t end = std::min(text.find(';', at), text.size());
            items.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        return items;
    }
    default: return text;
    }
}

store::ColumnType type_of(dsl::FieldKind kind) { return static_cast<store::ColumnType>(kind); }

}  // namespace

LivingStore::LivingStore(std::string_view rules, Setup setup)
    : setup_(std::move(setup)),
      database_(store::Database::in_memory(birth())) {
    apply(rules, support::at("2026-03-01T12:00Z"));
    std::vector<store::ColumnDef> columns;
    for (const dsl::Field& field : rules_->schema.fields)
        if (!field.built_in)
            columns.push_back({field.name, type_of(field.kind)});
    store::ensure_columns(database_, columns);
}

void LivingStore::apply(std::string_view rules, Minute now) {
    rules_ = support::compile_rules(rules);
    store::RuleSet set;
    set.hash = rules_->hash;
    set.files = {{"test.nurture", std::string(rules)}};
    set.applied_at = now;
    set.applied_by = "dana.wu";
    std::vector<store::StepListRef> lists;
    for (const dsl::Campaign& campaign : rules_->campaigns)
        lists.push_back({campaign.steps->hash, campaign.name});
    store::Transaction transaction(database_);
    store::apply_rule_set(database_, set, lists);
    transaction.commit();
}

Minute LivingStore::minute(std::string_view when) const {
    return support::at(when, support::zone(rules_->policy.zone));
}

// --- people ---------------------------------------------------------------------------------------------------------

void LivingStore::put(const std::string& ref, const std::map<std::string, std::string>& fields, bool live) {
    std::vector<store::ColumnDef> columns{{"email", store::ColumnType::text}, {"phone", store::ColumnType::text}};
    const std::string email = fields.contains("email") ? fields.at("email") : ref + "@candidates.example";
    const std::string phone = "+1555" + ref;
    store::CandidateRecord record{ref, {}, key(phone), {email.empty() ? store::Value() : email, phone}};
    if (!email.empty())
        record.email_key = key(email);
    for (const auto& [name, text] : fields)
        if (name != "email") {
            const dsl::Field& field = rules_->schema.fields[rules_->schema.field(name).value()];
            columns.push_back({name, type_of(field.kind)});
            record.values.push_back(value(columns.back().type, text));
        }
    store::Transaction transaction(database_);
    store::CandidateWriter writer(database_, columns, {live, "test", &dsl::fold});
    const auto done = writer.put(record, now_);
    writer.finish_batch(now_);
    if (done.result == store::CandidateWriter::Result::added)
        for (const std::string& consent : rules_->schema.consents)
            store::add_consent(database_, {done.id, consent, support::at("2026-01-01T00:00Z"), true, "form"});
    transaction.commit();
}

store::CandidateId LivingStore::id(const std::string& ref) const { return store::find_by_ref(database_, ref).value(); }

void LivingStore::tell(store::CandidateId who, Minute now) { store::append_changed(database_, {who}, now, "test"); }

void LivingStore::event(const std::string& ref, const std::string& kind, const std::string& name, Minute now) {
    store::Transaction transaction(database_);
    store::add_event(database_, {id(ref), kind, now, name, 0});
    store::InboxRow row;
    row.at = now;
    row.kind = kind == "replied" ? store::InboxKind::replied : store::InboxKind::happened;
    row.first = row.last = id(ref);
    row.field = kind;
    row.now = name;
    row.happened_at = now;
    row.live = true;
    store::append(database_, row);
    transaction.commit();
}

void LivingStore::feedback(const std::string& ref, const std::string& step, const std::string& kind, Minute now) {
    for (const store::Message& message : store::messages_of_candidate(database_, id(ref))) {
        if (message.step != step || !store::counts(message.state))
            continue;
        store::Transaction transaction(database_);
        store::add_feedback(database_, message.id, kind, now);
        store::InboxRow row;
        row.at = now;
        row.kind = store::InboxKind::feedback;
        row.first = row.last = id(ref);
        row.subject = message.id;
        row.field = kind;
        row.happened_at = now;
        store::append(database_, row);
        transaction.commit();
        return;
    }
}

void LivingStore::decide_all(bool yes, Minute now) {
    for (const store::HumanStep& step : store::open_human_steps(database_)) {
        if (!store::waits(step.kind))
            continue;
        const bool note = step.kind == store::HumanKind::note && yes;
        store::Transaction transaction(database_);
        if (!note)
            store::show_human_step(database_, step.id, text_hash);
        store::decide_human_step(database_, step.id,
                                 note  ? "noted"
                                 : yes ? "approved"
                                       : "refused",
                                 now, "dana.wu", "", note ? "I read your talk." : "");
        store::InboxRow row;
        row.at = now;
        row.kind = store::InboxKind::decided;
        row.first = row.last = step.candidate;
        row.subject = step.id;
        row.field = yes ? "approved" : "refused";
        store::append(database_, row);
        transaction.commit();
    }
}

void LivingStore::withdraw_consent(const std::string& ref, Minute now) {
    store::Transaction transaction(database_);
    store::add_consent(database_, {id(ref), "job news", now, false, "page"});
    tell(id(ref), now);
    transaction.commit();
}

// --- the world ------------------------------------------------------------------------------------------------------

void LivingStore::load() {
    const auto set = store::live_rule_set(database_);
    state_ = load_live(database_, rules_, setup_, now_);
    committer_ = std::make_unique<Committer>(database_, state_->rules, set->id, setup_.settings);
}

void LivingStore::begin(std::string_view when) {
    now_ = until_ = minute(when);
    // Whoever was there before is known already.
    store::Transaction transaction(database_);
    store::set_inbox_cursor(database_, store::inbox_end(database_));
    transaction.commit();
    load();
    facts_ = std::make_unique<InboxFacts>(database_, setup_, [this] {
        carry_over(database_, *rules_, now_);
        auto fresh = load_live(database_, rules_, setup_, now_);
        committer_ =
            std::make_unique<Committer>(database_, fresh->rules, store::live_rule_set(database_)->id, setup_.settings);
        return fresh;
    });
    engine::settle(*state_, *this, now_);
}

void LivingStore::run_until(std::string_view when) {
    until_ = minute(when);
    for (Minute next = sleep_until(engine::next_wake(*state_)); next != base::k_never;
         next = sleep_until(engine::next_wake(*state_))) {
        if (restart_at_every_wake)
            load();
        engine::settle(*state_, *this, next);
    }
}

engine::Facts LivingStore::facts(base::InboxSeq cursor, Minute now) {
    while (!happenings_.empty() && happenings_.begin()->first <= now) {
        const auto happening = std::move(happenings_.begin()->second);
        happenings_.erase(happenings_.begin());
        happening(now);
    }
    return facts_->after(cursor, *state_->rules, *state_->columns, now);
}

void LivingStore::commit(std::span<const engine::Decision> chunk) {
    committer_->commit(chunk);
    decisions.insert(decisions.end(), chunk.begin(), chunk.end());
}

void LivingStore::compare(const char* when) {
    if (store::inbox_end(database_) > state_->cursor)
        return;  // the store knows what the engine is about to be told
    const auto loaded = load_live(database_, rules_, setup_, now_);
    INFO(when << " at " << support::shown(now_, base::ZoneId::utc));
    CHECK(*loaded->columns == *state_->columns);
    CHECK(loaded->book == state_->book);
    CHECK(loaded->past == state_->past);
    CHECK(loaded->ledger == state_->ledger);
    CHECK(loaded->member == state_->member);
    CHECK(loaded->campaigns == state_->campaigns);
    CHECK(engine::same(*loaded, *state_));
    ++compared;
}

void LivingStore::deliver(Minute now) {
    if (check_after_commit)
        compare("after a tick");
    for (const auto channel : {store::Channel::email, store::Channel::sms})
        for (const store::Message& message : store::due_messages(database_, channel, now, 1000)) {
            if (before_handover)
                before_handover(now);
            store::AttemptId attempt{};
            ++attempt_;
            std::memcpy(attempt.bytes.data(), &attempt_, sizeof attempt_);
            const store::T2 request[] = {{message.id, attempt, message.addr_key, text_hash, "test"}};
            if (!store::commit_batch(database_, {}, request, {}, now).at(0).go())
                continue;
            store::T3 outcome{message.id, attempt, "test", {}, {}, {}, {}};
            outcome.outcome.answer = connectors::Answer::accepted;
            if (!answers.empty()) {
                outcome.outcome.answer = answers.front();
                answers.erase(answers.begin());
            }
            const store::T3 one[] = {outcome};
            store::commit_batch(database_, one, {}, {}, now);
        }
}

Minute LivingStore::sleep_until(Minute wake) {
    if (check_after_commit)
        compare("when it is quiet");
    if (!happenings_.empty())
        wake = std::min(wake, std::max(happenings_.begin()->first, now_));
    if (store::inbox_end(database_) > state_->cursor)
        wake = now_;
    if (wake > until_)
        return base::k_never;
    return now_ = wake;
}

}  // namespace nurture::persist::test
