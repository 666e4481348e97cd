// SPDX-License-Identifier: MIT
#include "daemon/persist/commit.hpp"

#include "daemon/engine/state.hpp"
#include "daemon/persist/gates.hpp"
#include "daemon/persist/rows.hpp"
#include "daemon/roster/load.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace nurture::persist {
namespace {

using namespace engine;

/// One chunk, inside its transaction. An enrolment's row is written once, at the first decision about it, as it is
/// after the last one: nobody sees what lies between.
class Chunk {
public:
    Chunk(store::Database& database, const dsl::Rules& rules, store::RuleSetId rule_set, const Settings& settings,
          const Committer::Texts& texts, std::span<const Decision> decisions)
        : database_(database),
          rules_(rules),
          rule_set_(rule_set),
          settings_(settings),
          texts_(texts) {
        for (const Decision& decision : decisions)
            if (const Enrolment* e = enrolment(decision))
                last_[e->id] = e;
    }

    void operator()(const decision::Enrol& d) {
        put(d.enrolment);
        if (d.counts_on)
            ++entered_[{d.enrolment.steps->campaign, base::to_day_number(*d.counts_on)}];
        note(d, d.counts_on ? "enrol" : "start");
    }
    void operator()(const decision::Move& d) {
        put(d.enrolment);
        note(d, "move", 0, d.of == k_no_step ? std::string() : d.enrolment.steps->lines[d.of].name);
    }
    void operator()(const decision::Pause& d) {
        put(d.enrolment);
        note(d, "pause");
    }
    void operator()(const decision::End& d) {
        put(d.enrolment);
        note(d, "end");
    }

    void operator()(const decision::Ask& d) {
        const Enrolment& e = d.enrolment;
        put(e);
        store::HumanStep step;
        step.enrolment = e.id;
        step.candidate = e.who;
        step.campaign = e.steps->campaign;
        step.step = e.steps->lines[d.step].name;
        step.owner = d.owner;
        step.asked_at = d.at;
        step.kind = kind(d.kind);
        if (d.kind == decision::Ask::Kind::task) {
            step.text = task_text(d);
        } else {
            step.channel = channel(d.channel);
            step.message_template = d.message_template;
            step.deadline = d.deadline;
            step.thread = thread(e, thread_of(d));
            if (texts_.shown)
                step.shown = texts_.shown(step, d.at);
        }
        store::insert_human_step(database_, step);
        note(d, d.kind == decision::Ask::Kind::task ? "task" : "ask", 0, step.step);
    }

    void operator()(const decision::Withdraw& d) {
        put(d.enrolment);
        const std::string& name = d.enrolment.steps->lines[d.step].name;
        const bool late = d.why.reason == ReasonCode::approval_too_late ||
                          d.why.reason == ReasonCode::approval_late_go_on ||
                          d.why.reason == ReasonCode::note_too_late || d.why.reason == ReasonCode::note_late_go_on;
        for (const store::HumanStep& step : store::human_steps_of(database_, d.enrolment.id))
            if (!step.decided_at && store::waits(step.kind) && step.step == name)
                store::decide_human_step(database_, step.id, late ? "too-late" : "cancelled", d.at, "nurtured",
                                         code(d.why.reason));
        note(d, "withdraw", 0, name);
    }

    void operator()(const decision::Release& d) {
        const Enrolment& e = d.enrolment;
        put(e);
        const auto key = address_key(e.who, d.channel);
        const auto id = key ? store::insert_message(database_, message(d, *key)) : std::nullopt;
        if (!id)
            refuse(d);
        if (d.canary)
            count_canary(e.steps->campaign, d.slot);
        note(d, "release", id.value_or(0), d.step);
    }

    void operator()(const decision::Reslot& d) {
        put(d.enrolment);
        const auto row = store::message_of(database_, d.enrolment.id, d.step);
        if (!row)
            return;
        const auto key = address_key(d.enrolment.who, channel(row->channel));
        if (key && *key != row->addr_key && store::key_used(database_, row->campaign, row->step, row->round, *key)) {
            // The person has another address by now, and its owner has had this very step.
            store::withdraw(database_, row->id, store::MessageState::cancelled, code(ReasonCode::same_mailbox));
            refuse(d);
            return note(d, "cancel", row->id, d.step);
        }
        store::reslot(database_, row->id, d.slot, d.closes, d.expires, key);
        // Asked again, since the text had changed. By the same approval as before it goes as it would have gone.
        if (const auto approval = latest_approval(d.enrolment);
            row->approval != 0 && approval && *approval != row->approval)
            store::renew_approval(database_, row->id, *approval);
        note(d, "reslot", row->id, d.step);
    }

    void operator()(const decision::Cancel& d) {
        put(d.enrolment);
        const auto row = store::message_of(database_, d.enrolment.id, d.step);
        if (!row)
            return;
        // False: it is being handed over this very moment. Its outcome will come, and counts.
        store::withdraw(database_, row->id, d.keep ? store::MessageState::held : store::MessageState::cancelled,
                        code(d.why.reason));
        note(d, d.keep ? "hold" : "cancel", row->id, d.step);
    }

    /// What it did to the person goes to the engine as what anybody else does: through the inbox.
    void operator()(const decision::Enlist& d) {
        const Enrolment& e = d.enrolment;
        put(e);
        const std::string& list = rules_.schema.lists[d.list];
        const bool was_on = store::is_list_member(database_, e.who, list, d.at);
        if (!d.add)
            store::remove_list_member(database_, e.who, list);
        else
            store::add_list_member(
                database_,
                {e.who, list, d.at, d.until == base::k_never ? std::nullopt : std::optional<store::Instant>(d.until)});
        store::InboxRow row = changed(e.who, d.at);
        if (d.add && !was_on) {
            row.kind = store::InboxKind::joined;
            row.live = true;
        }
        row.field = list;
        store::append(database_, row);
        note(d, d.add ? "list" : "unlist", 0, e.steps->lines[d.step].name);
    }

    void operator()(const decision::WithdrawConsent& d) {
        const Enrolment& e = d.enrolment;
        put(e);
        const std::string& step = e.steps->lines[d.step].name;
        const std::string source = fmt::format("campaign \"{}\", step {}", e.steps->campaign, step);
        store::add_consent(database_, {e.who, rules_.schema.consents[d.consent], d.at, false, source, {}});
        store::append(database_, changed(e.who, d.at));
        note(d, "unconsent", 0, step);
    }

    void operator()(const decision::RunMark& d) {
        store::put_check_run(database_, {d.campaign, d.ran_for, d.left_over});
        store::JournalBody body;
        body.add("campaign", d.campaign)
            .add("for", base::to_unix(d.ran_for))
            .add("left_over", std::int64_t{d.left_over});
        store::append(database_, {d.at, "check", 0, 0, body.add("reason", code(d.why.reason)).text()});
    }

    void operator()(const decision::Cursor& d) {
        store::set_inbox_cursor(database_, d.seq);
        store::prune_inbox(database_, d.seq);
    }

    /// Counters are added up over the chunk and written once.
    void finish() {
        for (const auto& [key, count] : entered_) {
            const auto& [campaign, day] = key;
            store::Quota quota{std::string(k_enrol_quota), campaign, day, {}, count};
            for (const store::Quota& known : store::quotas(database_))
                if (known.scope == quota.scope && known.name == campaign && known.period == day)
                    quota.used += known.used;
            store::put_quota(database_, quota);
            store::prune_quotas(database_, k_enrol_quota, day - 1);
        }
    }

private:
    void put(const Enrolment& e) {
        if (!written_.insert(e.id).second)
            return;
        const Enrolment& last = *last_.at(e.id);
        store::Enrolment row = to_row(last);
        const auto known = store::enrolment(database_, e.id);
        const bool comes_in = last.round > 0 && (!known || known->round == 0);
        if (comes_in)
            row.addr_key = address_key(e.who, last.address);
        else if (known)
            row.addr_key = known->addr_key;
        store::put_enrolment(database_, row);
    }

    static store::HumanKind kind(decision::Ask::Kind kind) {
        switch (kind) {
        case decision::Ask::Kind::approval: return store::HumanKind::approval;
        case decision::Ask::Kind::note: return store::HumanKind::note;
        case decision::Ask::Kind::task: break;
        }
        return store::HumanKind::task;
    }

    static store::InboxRow changed(CandidateId who, Minute at) {
        store::InboxRow row;
        row.at = at;
        row.kind = store::InboxKind::changed;
        row.first = row.last = who;
        row.happened_at = at;
        row.by = "nurtured";
        return row;
    }

    /// The paragraph that was written for this step; 0: none.
    store::HumanStepId note_for(const Enrolment& e, std::string_view step) {
        store::HumanStepId latest = 0;
        for (const store::HumanStep& one : store::human_steps_of(database_, e.id))
            if (one.kind == store::HumanKind::note && one.step == step && !one.note.empty())
                latest = one.id;
        return latest;
    }

    /// The engine knows addresses by number.
    std::optional<store::AddrKey> address_key(CandidateId who, roster::AddressNumber number) {
        const auto person = store::read_candidate(database_, who, {});
        if (!person || number == 0)
            return std::nullopt;
        for (const auto& key : {person->email_key, person->phone_key})
            if (key && roster::address_number(&*key) == number)
                return key;
        return std::nullopt;
    }

    std::optional<store::AddrKey> address_key(CandidateId who, dsl::Channel of) {
        const auto person = store::read_candidate(database_, who, {});
        return !person ? std::nullopt : of == dsl::Channel::sms ? person->phone_key : person->email_key;
    }

    std::optional<store::HumanStep> latest_approval_row(const Enrolment& e) {
        std::optional<store::HumanStep> latest;
        for (store::HumanStep& step : store::human_steps_of(database_, e.id))
            if (step.kind == store::HumanKind::approval && step.decision == "approved")
                latest = std::move(step);
        return latest;
    }
    std::optional<store::HumanStepId> latest_approval(const Enrolment& e) {
        const auto row = latest_approval_row(e);
        return row ? std::optional(row->id) : std::nullopt;
    }

    /// What was shown is the next message; those after it go by the same approval, whatever they say.
    bool covers_another(const Enrolment& e, store::HumanStepId approval) {
        const auto earlier = store::messages_of_enrolment(database_, e.id);
        return std::any_of(earlier.begin(), earlier.end(),
                           [&](const store::Message& message) { return message.approval == approval; });
    }

    store::Message message(const decision::Release& d, const store::AddrKey& key) {
        const Enrolment& e = d.enrolment;
        store::Message row;
        row.enrolment = e.id;
        row.campaign = e.steps->campaign;
        row.step = d.step;
        row.round = e.round;
        row.channel = channel(d.channel);
        row.candidate = e.who;
        row.addr_key = key;
        row.message_template = d.message_template;
        row.owner = d.owner;
        row.rule_set = rule_set_;
        row.consent = d.consent;
        if (const auto approval = d.needs_approval ? latest_approval_row(e) : std::nullopt) {
            row.approval = approval->id;
            if (!covers_another(e, approval->id))
                row.shown = approval->shown;
        }
        row.thread = thread(e, d.thread_of);
        if (d.with_note)
            row.note = note_for(e, d.step);
        row.slot = row.not_before = d.slot;
        row.closes = d.closes;
        row.expires = d.expires;
        return row;
    }

    store::MessageId thread(const Enrolment& e, const std::string& step) {
        const auto first = step.empty() ? std::nullopt : store::message_of(database_, e.id, step);
        return first && store::counts(first->state) ? first->id : 0;
    }

    /// Of the message that is asked about.
    std::string thread_of(const decision::Ask& d) const {
        const auto& lines = d.enrolment.steps->lines;
        if (d.message == engine::k_no_step)
            return {};
        const auto& answers = std::get<dsl::op::Message>(lines[d.message].op).thread_of;
        return answers ? lines[*answers].name : std::string();
    }

    /// The key was used by another record of the same address, or the address has gone: told to the engine like any
    /// other outcome. There is no message to name, so the enrolment is named instead.
    /// The key of its address, campaign, step and round is used.
    template<class Sending>
    void refuse(const Sending& d) {
        store::InboxRow row;
        row.at = d.at;
        row.kind = store::InboxKind::outcome;
        row.first = d.enrolment.who;
        row.field = to_text(store::MessageState::suppressed);
        row.old = std::to_string(d.enrolment.id);
        row.now = d.step;
        store::append(database_, row);
    }

    void count_canary(const std::string& campaign, Minute slot) {
        for (store::Gate& gate : store::gates(database_))
            if (gate.kind == k_canary_gate && gate.name == campaign) {
                if (--gate.value == 0)
                    gate.until = slot + settings_.canary_wait;
                store::put_gate(database_, gate);
            }
    }

    std::string task_text(const decision::Ask& d) const {
        if (texts_.task)
            return texts_.task(d);
        std::string words;
        for (const dsl::Piece& piece : std::get<dsl::op::Task>(d.enrolment.steps->lines[d.step].op).text)
            words += piece.text;
        return words;
    }

    /// "house-rules.nurture:12"; empty where the line stands in an earlier rule set.
    std::string place(const Why& why, const Enrolment& e) const {
        const bool live = e.steps->hash == rules_.campaigns[e.campaign].steps->hash;
        if (!live || why.line.end == 0 || why.line.file >= rules_.sources.files.size())
            return {};
        const dsl::SourceFile& file = rules_.sources.files[why.line.file];
        return fmt::format("{}:{}", file.path, dsl::line_column(file, why.line.begin).line);
    }

    template<class What>
    void note(const What& d, const char* kind, store::MessageId message = 0, const std::string& step = {}) {
        store::JournalBody body;
        body.add("candidate", d.enrolment.who).add("campaign", d.enrolment.steps->campaign);
        if (!step.empty())
            body.add("step", step);
        if constexpr (requires { d.slot; })
            body.add("slot", base::to_unix(d.slot));
        body.add("reason", code(d.why.reason));
        if (const std::string line = place(d.why, d.enrolment); !line.empty())
            body.add("line", line);
        store::append(database_, {d.at, kind, message, d.enrolment.id, body.text()});
    }

    store::Database& database_;
    const dsl::Rules& rules_;
    store::RuleSetId rule_set_;
    const Settings& settings_;
    const Committer::Texts& texts_;
    std::map<EnrolmentId, const Enrolment*> last_;
    std::set<EnrolmentId> written_;
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> entered_;
};

}  // namespace

Committer::Committer(store::Database& database, std::shared_ptr<const dsl::Rules> rules, store::RuleSetId rule_set,
                     Settings settings, Texts texts)
    : database_(database),
      rules_(std::move(rules)),
      rule_set_(rule_set),
      settings_(settings),
      texts_(std::move(texts)) {}

void Committer::commit(std::span<const Decision> decisions) {
    store::Transaction transaction(database_);
    Chunk chunk(database_, *rules_, rule_set_, settings_, texts_, decisions);
    for (const Decision& decision : decisions)
        std::visit(chunk, decision);
    chunk.finish();
    transaction.commit();
}

}  // namespace nurture::persist
