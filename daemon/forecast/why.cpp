// SPDX-License-Identifier: MIT
#include "daemon/forecast/why.hpp"

#include "daemon/engine/entry.hpp"
#include "daemon/forecast/evaluation.hpp"
#include "daemon/forecast/people.hpp"
#include "daemon/forecast/phrases.hpp"
#include "daemon/forecast/tally.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/rule_sets.hpp"
#include "daemon/store/suppressions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nurture::forecast {
namespace {

using engine::Phase;
using engine::ReasonCode;

constexpr std::chrono::days k_days_planned{30};

std::optional<Minute> minute_of(const std::optional<store::Instant>& instant) {
    return instant ? std::optional(base::floor_minute(*instant)) : std::nullopt;
}

/// A reason as the store holds it: a code of the engine, or words of the outbox.
std::string words(std::string_view reason) {
    const auto code = engine::find_reason(reason);
    return std::string(code ? engine::sentence(*code) : reason);
}

class WhyMaker {
public:
    WhyMaker(const Inputs& inputs, base::CandidateId who, std::optional<dsl::CampaignIx> only)
        : inputs_(inputs),
          who_(who),
          only_(only),
          state_(load_state(inputs)),
          row_(state_.columns->find(who)) {}

    Why make() {
        person();
        if (!row_ || why_.erased)
            return std::move(why_);
        facts();
        const Evaluation evaluation(state_);
        const engine::Entrance entrance(state_);
        for (dsl::CampaignIx ix = 0; ix < rules().campaigns.size(); ++ix)
            if (!only_ || *only_ == ix)
                why_.campaigns.push_back(campaign(ix, evaluation, entrance));
        planned();
        return std::move(why_);
    }

private:
    const dsl::Rules& rules() const { return *state_.rules; }
    /// Checks, questions and answers happen in the office, at the policy's time; messages at the person's.
    std::string at_office(Minute at) const { return short_time(at, why_.policy_zone, inputs_.now); }
    std::string at_person(Minute at) const { return short_time(at, why_.zone, inputs_.now); }

    Place place(const dsl::Span& span) const {
        const auto& file = rules().sources.files[span.file];
        return {file.path, dsl::line_column(file, span.begin).line};
    }

    void person() {
        People people(inputs_.store);
        why_.ref = people[who_].ref;
        why_.name = people[who_].name;
        why_.as_of = inputs_.now;
        why_.policy_zone = why_.zone = state_.times->zone();
        why_.assumptions = inputs_.assumptions;
        why_.test_mode = state_.settings.test_mode;
        why_.erased = !row_ || state_.columns->flags(*row_).erased;
        if (!row_)
            return;
        why_.zone = state_.columns->zone(*row_);
        why_.zone_from = state_.columns->zone_from(*row_);
    }

    // --- what holds in every campaign ------------------------------------------------------------------------------

    void facts() {
        const auto flags = state_.columns->flags(*row_);
        const auto& policy = rules().policy;
        channel_fact("Email", "no usable address", flags.has_email,
                     flags.email_suppressed ? suppression_words(store::Channel::email) : "", policy.email_consent);
        channel_fact("SMS", "no usable number", flags.has_phone,
                     flags.sms_suppressed ? suppression_words(store::Channel::sms) : "", policy.sms_consent);
        for (const auto list : policy.never_contact_lists)
            if (state_.columns->in_list(list, *row_))
                why_.facts.push_back(fmt::format("On the list \"{}\": never contacted.", rules().schema.lists[list]));
        for (const auto segment : policy.never_contact_segments)
            if (state_.member.in(segment, *row_))
                why_.facts.push_back(
                    fmt::format("In the segment \"{}\": never contacted.", rules().segments[segment].name));
        for (const auto segment : policy.hold_segments)
            if (state_.member.in(segment, *row_))
                why_.facts.push_back(
                    fmt::format("In the segment \"{}\": everything waits meanwhile.", rules().segments[segment].name));
        if (why_.test_mode && !state_.allowed.contains(who_))
            why_.facts.emplace_back(
                "Test mode: not on the allow-list, so nothing is sent and no campaign takes the person in.");
        if (state_.stopped)
            why_.facts.emplace_back("Everything is stopped (`nurture stop`).");
    }

    /// A full mailbox is left alone for a while; everything else is for good.
    std::string suppression_words(store::Channel channel) const {
        const auto row = store::read_candidate(inputs_.store, who_, {});
        const auto key = !row ? std::nullopt : channel == store::Channel::email ? row->email_key : row->phone_key;
        const auto found =
            key ? store::suppression(inputs_.store, *key, channel, store::Instant(inputs_.now)) : std::nullopt;
        return found && found->until ? fmt::format("the address is suspended until {} ({})",
                                                   at_office(base::floor_minute(*found->until)), found->reason)
                                     : "the address is suppressed";
    }

    void channel_fact(std::string_view channel, std::string_view no_address, bool has_address,
                      const std::string& suppressed, const std::optional<dsl::ConsentIx>& consent) {
        std::vector<std::string> parts;
        if (!has_address)
            parts.emplace_back(no_address);
        if (!suppressed.empty())
            parts.push_back(suppressed);
        if (consent) {
            const auto word = state_.columns->consent(*consent, *row_);
            parts.push_back(fmt::format("consent \"{}\" {}", rules().schema.consents[*consent],
                                        word == dsl::cond::ConsentIs::given       ? "given"
                                        : word == dsl::cond::ConsentIs::withdrawn ? "taken back"
                                                                                  : "never given"));
        }
        if (!parts.empty())
            why_.facts.push_back(fmt::format("{}: {}.", channel, fmt::join(parts, ", ")));
    }

    // --- one campaign ----------------------------------------------------------------------------------------------

    WhyCampaign campaign(dsl::CampaignIx ix, const Evaluation& evaluation, const engine::Entrance& entrance) const {
        const auto& rule = rules().campaigns[ix];
        WhyCampaign campaign;
        campaign.name = rule.name;
        campaign.place = place(rule.span);
        campaign.audience_name = rules().segments[rule.audience].name;
        campaign.audience_place = place(rules().segments[rule.audience].span);
        campaign.in_audience = state_.member.in(rule.audience, *row_);
        campaign.lines = lines(rule.audience, evaluation);
        campaign.entry = entry(ix, entrance);
        for (const auto& row : store::enrolments_of(inputs_.store, who_))
            if (rules().campaign_today(row.campaign) == rule.name)
                campaign.enrolments.push_back(enrolment(row));
        return campaign;
    }

    /// All of them when one campaign was asked for, else those that keep the person out.
    std::vector<WhyLine> lines(dsl::SegmentIx segment, const Evaluation& evaluation) const {
        const auto explained = engine::explain(evaluation.evaluator(), evaluation.view(), segment, *row_);
        std::vector<WhyLine> lines;
        for (std::size_t i = 0; i < explained.size(); ++i) {
            if (!only_ && explained[i].holds)
                continue;
            const auto& line = rules().segments[segment].lines[i];
            WhyLine one{place(line.span).line, line.text, explained[i].holds, explained[i].unknown, {}};
            one.values = values(explained[i].tests);
            lines.push_back(std::move(one));
        }
        return lines;
    }

    /// Each once; a segment within a segment can bring in dozens, of which the first tell enough.
    std::vector<std::string> values(const std::vector<engine::Tested>& tests) const {
        constexpr std::size_t k_most = 4;
        std::vector<std::string> values;
        for (const auto& test : tests)
            if (auto value = test.what + ": " + test.value;
                std::find(values.begin(), values.end(), value) == values.end())
                values.push_back(std::move(value));
        if (!only_ && values.size() > k_most) {
            values.resize(k_most);
            values.emplace_back("…");
        }
        return values;
    }

    std::string entry(dsl::CampaignIx ix, const engine::Entrance& entrance) const {
        if (is_inside(state_, ix, who_))
            return "is in it";
        if (const auto closed = entrance.closed(ix); closed != ReasonCode::none)
            return fmt::format("takes nobody in: {}", engine::sentence(closed));
        if (const auto refused = entrance.refusal(ix, *row_); refused != ReasonCode::none)
            return fmt::format("out: {}", engine::sentence(refused));
        if (state_.times->schedule(ix) == nullptr)
            return "may come in as soon as something starts it";
        const auto& is = state_.campaigns[ix];
        const auto next = state_.times->next_check(ix, is.ran_for, is.left_over > 0, state_.today);
        return fmt::format("may come in; the audience is next looked at {}", at_office(std::max(next, inputs_.now)));
    }

    WhyEnrolment enrolment(const store::Enrolment& row) const {
        WhyEnrolment enrolment;
        enrolment.entered_at = base::floor_minute(row.entered_at);
        enrolment.step = row.step;
        enrolment.due = minute_of(row.due);
        enrolment.ended_at = minute_of(row.ended_at);
        if (row.ended_at)
            enrolment.end = words(row.end_reason);
        else
            enrolment.where = where(row) + retired_ahead(row);
        const auto deeds = this->deeds(row.id);
        for (const auto& message : store::messages_of_enrolment(inputs_.store, row.id))
            enrolment.messages.push_back(this->message(message, deeds));
        if (only_)
            for (const auto& [kind, message, deed] : deeds)
                if (!deed.sentence.empty())
                    enrolment.deeds.push_back(deed);
        return enrolment;
    }

    struct Deed {
        std::string kind;
        base::MessageId message = 0;
        WhyDeed deed;
    };
    std::vector<Deed> deeds(base::EnrolmentId enrolment) const {
        std::vector<Deed> deeds;
        for (const auto& row : store::journal_of(inputs_.store, enrolment)) {
            deeds.push_back({row.kind, row.message, deed_of(row.body)});
            deeds.back().deed.at = base::floor_minute(row.at);
        }
        return deeds;
    }

    /// What the message waited for, up to the slot it went at: the reasons of the table that say so, each once.
    void add_way(WhyMessage& message, const std::vector<Deed>& deeds) const {
        std::vector<std::string> waited;
        for (const auto& [kind, id, deed] : deeds) {
            const auto reason = engine::find_reason(deed.reason);
            if (id == message.id && (kind == "release" || kind == "reslot")) {
                message.line = deed.line;
                for (auto& sentence : std::exchange(waited, {}))
                    message.waited.push_back(std::move(sentence));
            } else if (kind == "release" || reason == ReasonCode::message_sent) {
                waited.clear();  // of an earlier message
            } else if (reason && engine::says_waiting(*reason) &&
                       std::find(waited.begin(), waited.end(), deed.sentence) == waited.end()) {
                waited.push_back(deed.sentence);
            }
        }
    }

    std::string where(const store::Enrolment& row) const {
        const auto blocked = row.blocked.empty() ? std::string() : ": " + words(row.blocked);
        const auto until = row.due ? " until " + (row.phase == store::Phase::ready ? at_person(*minute_of(row.due))
                                                                                   : at_office(*minute_of(row.due)))
                                   : std::string();
        switch (row.phase) {
        case store::Phase::pending: return "waits to come in" + blocked;
        case store::Phase::waiting: return "waits" + (line_of(row).empty() ? "" : " (" + line_of(row) + ")") + until;
        case store::Phase::asked:
            return (asks_for_note(row) ? "waits for a personal note (" : "waits for somebody to approve (") + row.step +
                   ")" + until;
        case store::Phase::ready: return "the message " + row.step + " is due, but waits" + until + blocked;
        case store::Phase::released: return "the message " + row.step + " is on its way";
        case store::Phase::ended: break;
        }
        return {};
    }

    bool asks_for_note(const store::Enrolment& row) const {
        const auto* e = state_.book.find(row.id);
        return e != nullptr && std::holds_alternative<dsl::op::Note>(e->line().op);
    }

    /// Steps of an older list that the rules have retired since, and what becomes of the person there.
    std::string retired_ahead(const store::Enrolment& row) const {
        const auto* e = state_.book.find(row.id);
        if (e == nullptr)
            return {};
        const auto& rule = rules().campaigns[e->campaign];
        const auto lines = dsl::ahead(*e->steps, e->position);
        std::string text;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto& line = e->steps->lines[i];
            const auto* retired = lines[i] && std::holds_alternative<dsl::op::Retired>(line.op)
                                      ? rule.retirement(rule.step_today(line.name))
                                      : nullptr;
            if (retired != nullptr)
                text += fmt::format("; `{}` is retired ({}:{}): {}", line.name, place(retired->span).file,
                                    place(retired->span).line,
                                    retired->continue_at ? fmt::format("goes on at `{}`", *retired->continue_at)
                                                         : "the campaign ends there");
        }
        return text;
    }

    std::string line_of(const store::Enrolment& row) const {
        const auto* e = state_.book.find(row.id);
        return e != nullptr ? e->line().text : std::string();
    }

    WhyMessage message(const store::Message& m, const std::vector<Deed>& deeds) const {
        WhyMessage message;
        message.id = m.id;
        message.step = m.step;
        message.message_template = m.message_template;
        message.channel = m.channel == store::Channel::sms ? dsl::Channel::sms : dsl::Channel::email;
        message.state = store::to_text(m.state);
        message.reason = words(m.reason);
        message.slot = base::floor_minute(m.slot);
        message.accepted = minute_of(m.accepted_at);
        if (const auto set = store::rule_set(inputs_.store, m.rule_set))
            message.rule_set = base::hex(set->hash).substr(0, 6);
        message.consent = m.consent;
        if (const auto approval = store::human_step(inputs_.store, m.approval); approval && !approval->by.empty())
            message.approved_by = approval->by;
        add_way(message, deeds);
        return message;
    }

    // --- what is planned -------------------------------------------------------------------------------------------

    void planned() {
        const auto course = foresee(inputs_, state_, inputs_.now + k_days_planned, {who_});
        for (const auto& m : course.messages)
            if (auto* campaign = m.who == who_ && !m.problem ? find(m.campaign) : nullptr)
                campaign->planned.push_back(
                    {why_.ref, why_.name, m.slot, why_.zone, m.channel, m.message_template, m.text});
        for (const auto& task : course.tasks) {
            auto* campaign = task.who == who_ ? find(task.campaign) : nullptr;
            if (campaign == nullptr)
                continue;
            campaign->planned_work.push_back({task.asked_at, planned_work(task)});
        }
        for (auto& campaign : why_.campaigns)
            if (!campaign.planned.empty() || !campaign.planned_work.empty())
                campaign.stops = stops(*rules().campaign(campaign.name));
    }

    std::string planned_work(const HumanTask& task) const {
        if (task.kind == engine::decision::Ask::Kind::task)
            return fmt::format("a task for {} ({})", task.owner, task.step);
        const bool note = task.kind == engine::decision::Ask::Kind::note;
        return fmt::format("{} is asked {} ({}){}{}", task.owner, note ? "for a personal note" : "to approve",
                           task.step, task.answered_at ? ", does so " + at_office(*task.answered_at) : "",
                           task.deadline == base::k_never ? "" : "; the time for it ends " + at_office(task.deadline));
    }

    // --- what would stop it ----------------------------------------------------------------------------------------

    WhyStop rule_line(const dsl::Span& span) const {
        const auto& text = rules().sources.files[span.file].text;
        return {place(span), text.substr(span.begin, span.end - span.begin)};
    }

    std::vector<WhyStop> stops(dsl::CampaignIx ix) const {
        const auto& rule = rules().campaigns[ix];
        const auto& policy = rules().policy_of(rule);
        std::vector<WhyStop> stops;
        for (const auto& stop : rule.stops)
            stops.push_back(rule_line(stop.span));
        if (rule.stop_leavers)
            stops.push_back(rule_line(rule.leavers_span));
        for (const auto& pause : rule.pauses)
            stops.push_back(rule_line(pause.span));
        stops.push_back({{}, "an answer of the person: no message after it"});
        for (const auto& consent : {policy.email_consent, policy.sms_consent})
            if (consent)
                stops.push_back({{}, fmt::format("consent \"{}\" taken back", rules().schema.consents[*consent])});
        for (const auto list : policy.never_contact_lists)
            stops.push_back({{}, fmt::format("the list \"{}\"", rules().schema.lists[list])});
        for (const auto segment : policy.never_contact_segments)
            stops.push_back({{}, fmt::format("the segment \"{}\"", rules().segments[segment].name)});
        stops.push_back({{}, "an unsubscribe, `nurture suppress`, `nurture stop`"});
        return stops;
    }

    WhyCampaign* find(dsl::CampaignIx ix) {
        const auto found = std::find_if(why_.campaigns.begin(), why_.campaigns.end(),
                                        [&](const auto& c) { return c.name == rules().campaigns[ix].name; });
        return found == why_.campaigns.end() ? nullptr : &*found;
    }

    const Inputs& inputs_;
    base::CandidateId who_;
    std::optional<dsl::CampaignIx> only_;
    engine::State state_;
    std::optional<roster::Row> row_;
    Why why_;
};

}  // namespace

Why why(const Inputs& inputs, base::CandidateId who, std::optional<dsl::CampaignIx> only) {
    return WhyMaker(inputs, who, only).make();
}

}  // namespace nurture::forecast
