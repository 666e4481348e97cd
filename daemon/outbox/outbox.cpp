// SPDX-License-Identifier: MIT
#include "daemon/outbox/outbox.hpp"

#include "daemon/base/log.hpp"

#include <algorithm>
#include <utility>

namespace nurture::outbox {

using connectors::Answer;
using connectors::Blame;

namespace {

base::Word word(Answer answer) {
    switch (answer) {
    case Answer::accepted: return "accepted";
    case Answer::deferred: return "deferred";
    case Answer::rejected: return "rejected";
    case Answer::in_doubt: return "in doubt";
    case Answer::refused: return "refused";
    }
    return "unknown";
}

}  // namespace

Outbox::Outbox(store::Database& database, Composer& composer, base::IdSource ids, std::function<void()> wake)
    : database_(database),
      composer_(composer),
      ids_(std::move(ids)),
      wake_(std::move(wake)) {}

Outbox::~Outbox() {
    for (auto& [channel, way] : ways_)
        way.connector->stop();  // no Gate call afterwards: the queues may go
}

void Outbox::attach(store::Channel channel, std::unique_ptr<connectors::Connector> connector) {
    auto& way = ways_[channel];
    if (way.connector)
        way.connector->stop();
    way.connector = std::move(connector);
    way.held = false;
}

bool Outbox::pump(store::Instant now, const store::T2Policy& policy, bool claim_more) {
    sweep(now);
    take_queues();
    for (auto& [id, outcome] : std::exchange(finished_, {}))
        finish(id, outcome, now);
    bool worked = commit(now, policy);
    if (claim_more && !policy.stop_file)
        for (auto& [channel, way] : ways_)
            worked = claim(channel, way, now) || worked;
    return worked;
}

std::optional<store::Instant> Outbox::next_due(store::Instant now) const {
    std::optional<store::Instant> next;
    for (const auto& [channel, way] : ways_) {
        if (way.held)
            continue;
        const auto due = store::next_due(database_, channel);
        if (due && (!next || *due < *next))
            next = due;
    }
    if (next)
        next = std::max(*next, now + std::chrono::seconds(1));
    return next;
}

void Outbox::stop(store::Instant now, const store::T2Policy& policy) {
    for (auto& [channel, way] : ways_)
        way.connector->stop();
    pump(now, policy, false);
}

bool Outbox::held(store::Channel channel) const {
    const auto way = ways_.find(channel);
    return way != ways_.end() && way->second.held;
}

void Outbox::release_holds() {
    for (auto& [channel, way] : ways_)
        way.held = false;
}

void Outbox::ready(connectors::JobId id) {
    {
        const std::lock_guard lock(mutex_);
        ready_queue_.push_back(id);
    }
    wake_();
}

void Outbox::done(connectors::JobId id, connectors::Outcome outcome) {
    {
        const std::lock_guard lock(mutex_);
        done_queue_.emplace_back(id, std::move(outcome));
    }
    wake_();
}

void Outbox::take_queues() {
    const std::lock_guard lock(mutex_);
    requests_.insert(requests_.end(), ready_queue_.begin(), ready_queue_.end());
    ready_queue_.clear();
    std::move(done_queue_.begin(), done_queue_.end(), std::back_inserter(finished_));
    done_queue_.clear();
}

/// A connector is through with a job. The row is settled by T3, except where nothing was ever let go and nothing is
/// known of the address: then it is simply READY again.
void Outbox::finish(connectors::JobId id, const connectors::Outcome& outcome, store::Instant now) {
    const auto found = jobs_.find(id);
    if (found == jobs_.end())
        return;
    const auto job = found->second;
    std::erase(requests_, id);  // the relay went away before we answered: there is nothing to let go any more
    auto& way = ways_.at(job.channel);
    --way.under_way;
    claimed_.erase(job.message);
    jobs_.erase(found);
    if (outcome.blame == Blame::credentials && !way.held) {
        way.held = true;
        base::log(base::Level::error, "relay refused our credentials or certificate; nothing goes there until a reload",
                  {{"relay", base::Configured{way.connector->name()}}, {"code", outcome.code}});
    }
    base::log(base::Level::info, "hand-over ended",
              {{"message", job.message}, {"answer", word(outcome.answer)}, {"code", outcome.code}});
    if (outcome.answer == Answer::refused && !job.let_go)
        return;
    auto seen = outcome;
    if (seen.answer == Answer::refused)  // let go, and still certain that nothing was sent
        seen.answer = Answer::deferred;
    const auto relay = seen.relay.empty() ? way.connector->name() : seen.relay;
    outcomes_.push_back(record_of(job.message, job.attempt, relay, job.tries, seen, now));
}

bool Outbox::commit(store::Instant now, const store::T2Policy& policy) {
    if (requests_.empty() && outcomes_.empty())
        return false;
    std::vector<store::T2> requests;
    for (const auto id : requests_) {
        const auto& job = jobs_.at(id);
        requests.push_back({job.message, job.attempt, job.addr_key, job.text_hash,
                            ways_.at(job.channel).connector->name_of(id), job.subject});
    }
    const auto verdicts = store::commit_batch(database_, outcomes_, requests, policy, now);
    // From here on the disk has it. A crash between this line and the last release() leaves messages in doubt that
    // were never handed over: that is the price of never sending one twice.
    outcomes_.clear();
    const auto released = std::exchange(requests_, {});
    for (std::size_t i = 0; i < released.size(); ++i) {
        auto& job = jobs_.at(released[i]);
        job.let_go = verdicts[i].go();
        ways_.at(job.channel).connector->release(released[i], job.let_go);
    }
    return true;
}

bool Outbox::claim(store::Channel channel, Way& way, store::Instant now) {
    const int room = way.held ? 0 : way.connector->capacity() - way.under_way;
    if (room <= 0)
        return false;
    // Claimed rows are READY until their T2, so the query returns them too.
    const auto due = store::due_messages(database_, channel, now, room + static_cast<int>(claimed_.size()));
    bool started = false;
    for (const auto& message : due) {
        if (way.under_way >= way.connector->capacity())
            break;
        if (claimed_.contains(message.id))
            continue;
        start(message, way, now);
        started = true;
    }
    return started;
}

void Outbox::start(const store::Message& message, Way& way, store::Instant now) {
    auto made = composer_.letter(message, now);
    if (const auto* unsendable = std::get_if<Unsendable>(&made)) {
        store::give_up(database_, message.id, unsendable->state, unsendable->reason, now);
        return;
    }
    auto& letter = std::get<Letter>(made);
    const auto id = ++last_job_;
    letter.job.id = id;
    letter.job.channel = message.channel;
    letter.job.file_stem = "message-" + std::to_string(message.id);
    jobs_[id] = {
        message.id,        ids_.next(), message.channel, letter.addr_key, letter.text_hash, letter.job.email.subject,
        message.tries + 1, false};
    claimed_.insert(message.id);
    ++way.under_way;
    way.connector->submit(std::move(letter.job));
}

/// Once a minute is often enough: lateness is judged again in T2.
void Outbox::sweep(store::Instant now) {
    if (swept_ && now < *swept_ + std::chrono::minutes(1) && now >= *swept_)
        return;
    swept_ = now;
    store::expire_messages(database_, now);
    store::close_old_doubts(database_, now);
}

}  // namespace nurture::outbox
