// SPDX-License-Identifier: MIT
#include "daemon/service/rehearsal.hpp"

#include "daemon/base/hash.hpp"
#include "daemon/inbound/answer.hpp"
#include "daemon/inbound/feedback.hpp"
#include "daemon/render/render.hpp"
#include "daemon/service/stepped.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/engine_lock.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace nurture::service {
namespace {

using base::Minute;

// Keys of the copy's meta table.
constexpr const char* k_from = "rehearsal_from";
constexpr const char* k_days = "rehearsal_days";
constexpr const char* k_at = "rehearsal_at";      // every minute before it is done
constexpr const char* k_runs = "rehearsal_runs";  // each run makes its own attempt ids

std::string minute_text(Minute minute) { return std::to_string(base::to_unix(minute)); }

Minute minute_of(const std::string& text) { return base::floor_minute(base::from_unix(std::stoll(text))); }

/// The copy appears whole or not at all: a kill while copying leaves a .part, which the next run replaces.
void make_copy(const config::Config& config, const RehearsalOptions& options, const std::filesystem::path& path) {
    const auto part = path.string() + ".part";
    std::filesystem::remove(part);
    {
        const auto source = store::Database::open_read_only(config.store_path);
        const auto id = base::hex(base::sha256(store::store_id(source) + minute_text(options.from))).substr(0, 32);
        auto copy = source.copy_to(part, store::Purpose::rehearsal, id);
        store::Transaction transaction(copy);
        store::set_meta(copy, k_from, minute_text(options.from));
        store::set_meta(copy, k_days, std::to_string(options.days));
        store::set_meta(copy, k_at, minute_text(options.from));
        transaction.commit();
    }
    std::filesystem::rename(part, path);
}

config::Config rehearsal_config(const config::Config& config, const RehearsalOptions& options) {
    auto changed = config;
    const auto messages = std::filesystem::absolute(options.into) / "messages";
    changed.live = !options.test_mode;
    changed.relay = options.relay.empty() ? "file:" + messages.string() : options.relay;
    changed.more_relays.clear();
    if (changed.gateway != config::Gateway::none)
        changed.gateway = config::Gateway::file;
    changed.sms_directory = messages;
    return changed;
}

void require_loopback(const std::string& relay) {
    for (const auto* local : {"smtp://127.", "smtp://localhost:", "smtp://[::1]", "smtps://127.", "smtps://localhost:"})
        if (relay.starts_with(local))
            return;
    throw base::ConfigError("a rehearsal sends to this machine only: --relay smtp://127.0.0.1:PORT");
}

class Rehearsal {
public:
    Rehearsal(const config::Config& config, const RehearsalOptions& options, const std::filesystem::path& path)
        : options_(options),
          from_(options.from),
          until_(from_ + std::chrono::days(options.days)),
          lock_(path, from_),
          database_(store::Database::open(path)),
          now_(resume_at()),
          stepped_(database_, rehearsal_config(config, options), ids(), now_, {.durable = false},
                   [this](auto decisions) { note_messages(decisions); }),
          answers_(options.assumptions, policy(), from_) {
        take_over_messages();
    }

    Rehearsed run() {
        Rehearsed done{database_.path(), from_, until_, now_ > from_, 0};
        for (; now_ < until_; now_ = next()) {
            ++done.ticks;
            minute();
            if (options_.progress)
                options_.progress(now_, until_);
        }
        remember(until_);
        stepped_.stop(now_);
        return done;
    }

private:
    Minute resume_at() const {
        if (store::meta(database_, k_from) != minute_text(options_.from) ||
            store::meta(database_, k_days) != std::to_string(options_.days))
            throw base::ConfigError(
                options_.into.string() +
                " holds a rehearsal of other days: give the same --from and --days, or another --into");
        return minute_of(*store::meta(database_, k_at));
    }

    base::IdSource ids() {
        const auto run = store::meta(database_, k_runs).value_or("0");
        store::Transaction transaction(database_);
        store::set_meta(database_, k_runs, std::to_string(std::stoll(run) + 1));
        transaction.commit();
        return base::IdSource(store::store_id(database_) + run);
    }

    const dsl::Policy& policy() const {
        const auto& runner = stepped_.runner();
        if (!runner.trouble().empty())
            throw base::ConfigError("nothing can be rehearsed: " + runner.trouble());
        return runner.rules()->policy;
    }

    void remember(Minute at) {
        store::Transaction transaction(database_);
        store::set_meta(database_, k_at, minute_text(at));
        transaction.commit();
    }

    /// People answer, the engine decides, messages go, until nothing is left at this minute.
    void minute() {
        do {
            give_answers();
            give_replies();
            stepped_.settle(now_);
            note_questions();
            expect_replies();
        } while (stepped_.runner().news() || answers_.next() <= now_ || next_reply() <= now_);
    }

    // --- assumed replies: messages that are on their way, then those that will be answered

    bool replies() const { return options_.assumptions.replies > 0; }

    /// Of an interrupted rehearsal, whatever was sent, or may have been, may still be answered; of an earlier life of
    /// the store, nothing.
    void take_over_messages() {
        if (!replies())
            return;
        store::scan_messages(database_, [&](const store::Message& message) {
            if (message.purpose != store::MessagePurpose::campaign)
                return;
            if (!store::is_final(message.state))
                on_the_way_.emplace(message.enrolment, message.step);
            else if (store::counts(message.state) &&
                     std::max(message.slot, message.accepted_at.value_or(message.slot)) >= from_)
                expect_reply(message);
        });
    }

    void note_messages(std::span<const engine::Decision> decisions) {
        if (!replies())
            return;
        for (const auto& decision : decisions)
            if (const auto* released = std::get_if<engine::decision::Release>(&decision))
                on_the_way_.emplace(released->enrolment.id, released->step);
    }

    void expect_replies() {
        std::erase_if(on_the_way_, [&](const auto& key) {
            const auto message = store::message_of(database_, key.first, key.second);
            if (message && store::counts(message->state))
                expect_reply(*message);
            return !message || store::is_final(message->state);
        });
    }

    void expect_reply(const store::Message& message) {
        const auto person = store::read_candidate(database_, message.candidate, {});
        const auto at =
            forecast::reply_minute(options_.assumptions, person ? person->ref : std::string(), message.campaign,
                                   message.step, base::floor_minute(message.counted_at.value_or(message.slot)));
        if (at && *at >= now_)
            replies_.emplace(*at, message.id);
    }

    Minute next_reply() const { return replies_.empty() ? base::k_never : replies_.begin()->first; }

    /// One that was given before the rehearsal was interrupted is known, and given once.
    void give_replies() {
        for (; next_reply() <= now_; replies_.erase(replies_.begin()))
            if (const auto message = store::message(database_, replies_.begin()->second))
                inbound::feedback(database_, *message, "replied", now_, "rehearsal");
    }

    void note_questions() {
        auto newest = last_question_;
        for (const auto& question : store::open_human_steps(database_)) {
            if (!store::waits(question.kind) || question.id <= last_question_)
                continue;
            newest = std::max(newest, question.id);
            answers_.asked(question.id, base::floor_minute(question.asked_at),
                           question.deadline ? base::floor_minute(*question.deadline) : base::k_never);
        }
        last_question_ = newest;
    }

    void give_answers() {
        for (const auto id : answers_.take(now_)) {
            const auto question = store::human_step(database_, id);
            if (!question || question->decided_at)
                continue;
            inbound::Answer given{true, {}, "rehearsal", "assumed"};
            if (question->kind == store::HumanKind::note)
                given.note = render::k_note_to_come;
            else
                given.shown = stepped_.runner().shown(*question, now_);
            inbound::answer(database_, id, given, now_);
        }
    }

    Minute next() {
        const auto next =
            std::min({stepped_.next(now_),
                      std::max(std::min(answers_.next(), next_reply()), now_ + std::chrono::minutes(1)), until_});
        remember(next);
        return next;
    }

    const RehearsalOptions& options_;
    Minute from_, until_;
    store::EngineLock lock_;
    store::Database database_;
    Minute now_;
    Stepped stepped_;
    forecast::Answers answers_;
    store::HumanStepId last_question_ = 0;
    std::set<std::pair<base::EnrolmentId, std::string>> on_the_way_;
    std::multimap<Minute, store::MessageId> replies_;
};

}  // namespace

Rehearsed rehearse(const config::Config& config, const RehearsalOptions& options) {
    if (!options.relay.empty())
        require_loopback(options.relay);
    std::filesystem::create_directories(options.into);
    const auto path = std::filesystem::absolute(options.into) / "nurtured.db";
    if (!std::filesystem::exists(path))
        make_copy(config, options, path);
    return Rehearsal(config, options, path).run();
}

}  // namespace nurture::service
