// SPDX-License-Identifier: MIT
#include "daemon/service/runner.hpp"

#include "daemon/base/log.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/persist/commit.hpp"
#include "daemon/persist/edits.hpp"
#include "daemon/persist/inbox_facts.hpp"
#include "daemon/persist/load.hpp"
#include "daemon/service/digest.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/inbox.hpp"

namespace nurture::service {

/// Without rules nobody can say what may go.
static store::T2Policy nothing_more() {
    store::T2Policy policy;
    policy.stop_file = true;
    return policy;
}

struct Runner::Impl final : engine::World {
    store::Database& database;
    config::Config config;
    Hooks hooks;
    RunnerOptions options;
    std::string trouble;
    std::shared_ptr<engine::State> state;  // null while there is trouble
    std::optional<Letters> letters;
    std::optional<persist::Committer> committer;
    std::optional<persist::InboxFacts> inbox;
    base::IdSource ids;
    std::unique_ptr<outbox::Outbox> outbox;
    base::Second now{};
    base::Minute digests_at = base::k_never;  // looked at at the next settle from then on

    Impl(store::Database& store, const config::Config& wanted, base::IdSource source, Hooks calls, RunnerOptions how)
        : database(store),
          config(wanted),
          hooks(std::move(calls)),
          options(how),
          ids(std::move(source)) {
        if (options.digests)
            digests_at = {};  // the first settle looks, whenever it comes
    }

    persist::Setup setup() const {
        persist::Setup setup;
        setup.settings.per_minute = {config.email_per_minute, config.sms_per_minute};
        setup.settings.canary_wait = config.canary_wait;
        setup.settings.test_mode = !config.live;
        setup.settings.run_drafts = options.run_drafts;
        setup.growth_percent = config.growth_percent;
        setup.growth_people = config.growth_people;
        setup.reading = hooks.reading;
        setup.allowed = [config = config](std::string_view address) { return config.allowed(address); };
        return setup;
    }

    /// The applied rule set and everybody through it; null, with the reason in `why`, if that cannot be had.
    std::shared_ptr<engine::State> load_state(std::string& why) {
        const auto compiled = persist::compile_live(database);
        if (!compiled.rules) {
            why = compiled.diagnostics.empty()
                      ? "no rules are applied yet: `nurture plan`, then `nurture apply`"
                      : "the applied rules do not compile with this program: " + compiled.diagnostics.front().title;
            return nullptr;
        }
        why.clear();
        persist::carry_over(database, *compiled.rules, base::floor_minute(now));
        return persist::load_live(database, compiled.rules, setup(), base::floor_minute(now));
    }

    /// Test mode, once more: at the very message.
    Letters::Allowed allowed() const {
        if (config.live)
            return {};
        return [config = config](std::string_view address) { return config.allowed(address); };
    }

    /// What hangs on the rules: texts, T0, and how the inbox is read.
    void use(const std::shared_ptr<engine::State>& fresh) {
        if (letters)
            letters->use(fresh->rules, house(config), allowed());
        else
            letters.emplace(database, fresh->rules, house(config), allowed());
        const auto live = store::live_rule_set(database);
        persist::Committer::Texts texts;
        texts.task = [this](const engine::decision::Ask& ask) { return task_text(ask); };
        texts.shown = [this](const store::HumanStep& question, base::Minute at) { return shown(question, at); };
        committer.emplace(database, fresh->rules, live->id, fresh->settings, std::move(texts));
        inbox.emplace(database, setup(), [this] { return applied(); });
    }

    std::optional<store::Hash> shown(const store::HumanStep& question, base::Minute at) {
        const auto made = letters->renderer().render(render::subject_of(database, question, at));
        const auto* letter = std::get_if<render::Letter>(&made);
        return letter != nullptr ? std::optional(letter->text.hash) : std::nullopt;
    }

    std::string task_text(const engine::decision::Ask& ask) {
        const auto& line = ask.enrolment.steps->lines[ask.step];
        const auto* task = std::get_if<dsl::op::Task>(&line.op);
        render::Subject subject;
        subject.candidate = ask.enrolment.who;
        subject.owner = ask.owner;
        subject.event_value = ask.enrolment.event_value;
        subject.slot = ask.at;
        return task != nullptr ? letters->renderer().line(task->text, subject) : std::string();
    }

    /// Between two ticks: another rule set is live. The old one goes on when the new one cannot.
    std::shared_ptr<engine::State> applied() {
        std::string why;
        auto fresh = load_state(why);
        if (!fresh) {
            base::log(base::Level::error, "the rules that were applied cannot be used; the old ones go on");
            return nullptr;
        }
        use(fresh);
        base::log(base::Level::notice, "rules applied", {{"campaigns", fresh->rules->campaigns.size()}});
        return fresh;
    }

    void begin() {
        auto fresh = load_state(trouble);
        if (!fresh)
            return;
        use(fresh);
        state = std::move(fresh);
        if (outbox)
            return;
        outbox = std::make_unique<outbox::Outbox>(database, *letters, std::move(ids), hooks.wake);
        attach(config);
    }

    void attach(const config::Config& wanted) {
        if (hooks.attach)
            hooks.attach(*outbox);
        else
            attach_connectors(*outbox, wanted, options.durable);
    }

    void tell_colleagues() {
        const auto& policy = state->rules->policy;
        const auto minute = base::floor_minute(now);
        if (const int mails = decide_digests(database, config, policy, minute); mails > 0)
            base::log(base::Level::info, "colleagues are told what waits for them", {{"mails", mails}});
        digests_at = next_digest(policy, minute);
    }

    store::T2Policy policy() const {
        auto policy = t2_policy(*state->rules, stop_file_present(config));
        if (!config.live)
            policy.reachable = [this](std::string_view address) { return config.allowed(address); };
        return policy;
    }

    engine::Facts facts(base::InboxSeq cursor, base::Minute minute) override {
        return inbox->after(cursor, *state->rules, *state->columns, minute);
    }
    void commit(std::span<const engine::Decision> chunk) override {
        committer->commit(chunk);
        if (hooks.decided)
            hooks.decided(chunk);
        hooks.between();
    }
    void deliver(base::Minute) override {
        // Others are served between two rounds, however much is due; that also moves `now` on.
        while (outbox->pump(now, policy()))
            hooks.between();
    }
    base::Minute sleep_until(base::Minute wake) override { return wake; }
};

Runner::Runner(store::Database& database, const config::Config& config, base::IdSource ids, Hooks hooks,
               base::Second now, RunnerOptions options)
    : impl_(std::make_unique<Impl>(database, config, std::move(ids), std::move(hooks), options)) {
    impl_->now = now;
    if (const auto doubts = store::recover(database, now); doubts > 0)
        base::log(base::Level::warning, "messages were being handed over when the last process died; they are in doubt",
                  {{"messages", doubts}});
    impl_->begin();
}

Runner::~Runner() = default;

const std::string& Runner::trouble() const { return impl_->trouble; }

std::shared_ptr<const dsl::Rules> Runner::rules() const { return impl_->state ? impl_->state->rules : nullptr; }

const engine::State* Runner::state() const { return impl_->state.get(); }

void Runner::settle(base::Second now) {
    impl_->now = now;
    if (!impl_->state)
        impl_->begin();  // somebody may have applied rules since
    if (!impl_->state)
        return;
    engine::settle(*impl_->state, *impl_, base::floor_minute(now));
    if (impl_->options.digests)
        impl_->tell_colleagues();
}

bool Runner::news() const {
    const auto seen = impl_->state ? impl_->state->cursor : store::inbox_cursor(impl_->database);
    return store::inbox_end(impl_->database) > seen;
}

bool Runner::pump(base::Second now, bool claim) {
    impl_->now = now;
    if (!impl_->outbox)
        return false;
    if (impl_->state)
        return impl_->outbox->pump(now, impl_->policy(), claim);
    return impl_->outbox->pump(now, nothing_more(), false);  // what is under way still has an answer to be written
}

bool Runner::idle() const { return !impl_->outbox || impl_->outbox->idle(); }

std::optional<store::Hash> Runner::shown(const store::HumanStep& question, base::Second now) {
    return impl_->shown(question, base::floor_minute(now));
}

base::Minute Runner::next_wake() const {
    return impl_->state ? std::min(engine::next_wake(*impl_->state), impl_->digests_at) : base::k_never;
}

std::optional<base::Second> Runner::next_due(base::Second now) const {
    // While everything is stopped a due message is no reason to wake.
    if (!impl_->outbox || stopped())
        return std::nullopt;
    return impl_->outbox->next_due(now);
}

bool Runner::stopped() const { return store::stopped(impl_->database).has_value() || stop_file_present(impl_->config); }

std::optional<std::string> Runner::hold() const {
    for (const auto guard : {store::Guard::store, store::Guard::clock})
        if (const auto hold = store::hold(impl_->database, guard))
            return hold->why;
    return std::nullopt;
}

void Runner::reconfigure(const config::Config& config, base::Second now) {
    impl_->now = now;
    if (impl_->outbox)
        impl_->attach(config);
    impl_->config = config;
    impl_->state.reset();  // settings and the allow-list are part of it
    impl_->begin();
}

void Runner::stop(base::Second now) {
    impl_->now = now;
    if (impl_->outbox)
        impl_->outbox->stop(now, impl_->state ? impl_->policy() : nothing_more());
}

}  // namespace nurture::service
