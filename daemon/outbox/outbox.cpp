// SPDX-License-Identifier: MIT
#include "daemon/outbox/outbox.hpp"

#include "daemon/base/log.hpp"
#include "daemon/store/breakers.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
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

// So many rows are read at once, and not again while they last; after this long another look is due, for what has been
// released or withdrawn since.
constexpr int k_read_ahead = 512;
constexpr std::chrono::seconds k_fresh{5};
// With so many jobs under way a commit waits for so many requests and outcomes, but no longer than this (measured at 64
// connections: 0.037 waits for the disk per message, 0.043 with 40, 0.09 with none).
constexpr std::size_t k_crowd = 32, k_batch = 52;
constexpr std::chrono::milliseconds k_patience{6};
constexpr std::string_view k_no_way = "nurtured.toml names no gateway for it: write a section [sms], then reload";

/// Lower case: a domain is one however it is written.
std::string domain_of(const connectors::Job& job) {
    const auto& address = job.email.to.address;
    std::string domain = job.channel == store::Channel::email ? address.substr(address.rfind('@') + 1) : std::string();
    std::transform(domain.begin(), domain.end(), domain.begin(), [](unsigned char c) { return std::tolower(c); });
    return domain;
}

}  // namespace

Outbox::Outbox(store::Database& database, Composer& composer, base::IdSource ids, std::function<void()> wake)
    : database_(database),
      composer_(composer),
      ids_(std::move(ids)),
      wake_(std::move(wake)) {}

Outbox::~Outbox() {
    for (const auto& connector : connectors())
        connector->stop();  // no Gate call afterwards: the queues may go
}

/// Without a wait: nothing is let go there any more, and whoever still is under way there keeps it alive.
Outbox::Way& Outbox::part_with(store::Channel channel) {
    auto& way = ways_.at(channel);
    if (way.connector)
        way.connector->close();
    way.connector.reset();
    way.under_way = 0;
    way.backlog.clear();
    way.read_at.reset();
    way.fresh = true;
    way.refused = false;
    swept_.reset();
    return way;
}

void Outbox::attach(store::Channel channel, std::unique_ptr<connectors::Connector> connector, int per_minute) {
    auto& way = part_with(channel);
    way.connector = std::move(connector);
    way.domains.set_rate(per_minute);
}

void Outbox::detach(store::Channel channel) { part_with(channel); }

std::set<std::shared_ptr<connectors::Connector>> Outbox::connectors() const {
    std::set<std::shared_ptr<connectors::Connector>> all;
    for (const auto& [channel, way] : ways_)
        if (way.connector)
            all.insert(way.connector);
    for (const auto& [id, job] : jobs_)
        all.insert(job.by);
    return all;
}

bool Outbox::pump(store::Instant now, const store::T2Policy& policy, bool claim_more) {
    if (claim_more)
        sweep(now);
    gather();
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
    const auto gates = store::gates(database_);
    for (const auto& [channel, way] : ways_) {
        if (!way.connector || store::holds_channel(gates, channel))
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
    const auto all = connectors();
    for (const auto& connector : all)
        connector->close();  // all of them first: their last answers are waited for together
    for (const auto& connector : all)
        connector->stop();
    pump(now, policy, false);
}

void Outbox::ready(connectors::JobId id) {
    enter([&] { ready_queue_.push_back(id); });
}

void Outbox::done(connectors::JobId id, connectors::Outcome outcome) {
    enter([&] { done_queue_.emplace_back(id, std::move(outcome)); });
}

/// Only the first of a batch wakes the loop: it takes them all.
void Outbox::enter(const std::function<void()>& put) {
    std::size_t waiting = 0;
    {
        const std::lock_guard lock(mutex_);
        put();
        waiting = ready_queue_.size() + done_queue_.size();
    }
    if (waiting == 1)
        wake_();
    else if (waiting == k_batch)
        gathered_.notify_one();
}

/// Waiting for the disk is what a commit costs: with many connections at work the next few share it.
void Outbox::gather() {
    if (jobs_.size() < k_crowd)
        return;
    std::unique_lock lock(mutex_);
    const auto waiting = [this] { return ready_queue_.size() + done_queue_.size(); };
    if (waiting() > 0)
        gathered_.wait_for(lock, k_patience, [&] { return waiting() >= k_batch; });
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
    const bool replaced = job.by != way.connector;
    way.under_way -= replaced ? 0 : 1;
    claimed_.erase(job.message);
    jobs_.erase(found);
    way.domains.ended(job.domain, outcome, now);
    if (outcome.blame == Blame::content)
        base::log(base::Level::error, "the relay refused our own text; its step is held until it is changed or resumed",
                  {{"message", job.message}, {"code", outcome.code}});
    base::log(base::Level::info, "hand-over ended",
              {{"message", job.message}, {"answer", word(outcome.answer)}, {"code", outcome.code}});
    if (outcome.answer == Answer::refused && !job.let_go)
        return;
    const bool given_up = outcome.answer == Answer::refused;  // let go, and still certain that nothing was sent
    auto seen = outcome;
    if (given_up)
        seen.answer = Answer::deferred;
    const auto relay = seen.relay.empty() ? job.by->name() : seen.relay;
    auto record = record_of(job.message, job.attempt, relay, job.tries, seen, now);
    if (given_up)
        record.retry_at = now;  // by us, for a reload: no relay needs to be spared
    record.addr_key = job.addr_key;
    if (replaced)
        record.shut_way.clear();  // what is there now has not refused us
    if (!record.shut_way.empty() && !std::exchange(way.refused, true))
        base::log(base::Level::error,
                  "our credentials or configuration are refused; nothing goes there until a reload, `nurture status` "
                  "says more",
                  {{"relay", base::Configured{relay}}, {"code", outcome.code}});
    outcomes_.push_back(std::move(record));
}

bool Outbox::commit(store::Instant now, const store::T2Policy& policy) {
    if (requests_.empty() && outcomes_.empty())
        return false;
    std::vector<store::T2> requests;
    for (const auto id : requests_) {
        const auto& job = jobs_.at(id);
        requests.push_back(
            {job.message, job.attempt, job.addr_key, job.text_hash, job.by->name_of(id), job.subject, job.recipient});
    }
    const auto verdicts = store::commit_batch(database_, outcomes_, requests, policy, now);
    // From here on the disk has it. A crash between this line and the last release() leaves messages in doubt that
    // were never handed over: that is the price of never sending one twice.
    outcomes_.clear();
    const auto released = std::exchange(requests_, {});
    for (std::size_t i = 0; i < released.size(); ++i) {
        auto& job = jobs_.at(released[i]);
        job.let_go = verdicts[i].go();
        job.by->release(released[i], job.let_go);
    }
    return true;
}

bool Outbox::claim(store::Channel channel, Way& way, store::Instant now) {
    if (!way.connector)
        return hold_without_way(channel, way, now);
    if (way.under_way >= way.connector->capacity())
        return false;
    if (!store::may_claim(database_, channel, now)) {
        way.backlog.clear();
        return false;
    }
    if (way.backlog.empty() || now >= *way.read_at + k_fresh || now < *way.read_at)
        read_ahead(channel, way, now);
    std::vector<store::PutOff> later;
    bool worked = false;
    while (!way.backlog.empty() && way.under_way < way.connector->capacity()) {
        const auto message = std::move(way.backlog.front());
        way.backlog.pop_front();
        if (claimed_.contains(message.id))
            continue;
        if (const auto until = start(message, way, now))
            later.push_back({message.id, *until});
        worked = true;
    }
    if (!later.empty())
        store::put_off(database_, later);
    return worked;
}

void Outbox::read_ahead(store::Channel channel, Way& way, store::Instant now) {
    // Claimed rows are READY until their T2, so the query returns them too.
    const int rows = k_read_ahead + static_cast<int>(claimed_.size());
    auto due = store::due_messages(database_, channel, now, rows);
    way.backlog.assign(std::make_move_iterator(due.begin()), std::make_move_iterator(due.end()));
    way.read_at = now;
}

/// An instant: its domain takes no more before then.
std::optional<store::Instant> Outbox::start(const store::Message& message, Way& way, store::Instant now) {
    auto made = composer_.letter(message, now);
    if (const auto* unsendable = std::get_if<Unsendable>(&made)) {
        store::give_up(database_, message.id, unsendable->state, unsendable->reason, now);
        return std::nullopt;
    }
    auto& letter = std::get<Letter>(made);
    letter.job.channel = message.channel;
    auto domain = domain_of(letter.job);
    if (const auto later = way.domains.place(domain, now))
        return later;
    const auto id = ++last_job_;
    letter.job.id = id;
    letter.job.file_stem = "message-" + std::to_string(message.id);
    const bool email = message.channel == store::Channel::email;
    jobs_[id] = {message.id,
                 ids_.next(),
                 message.channel,
                 letter.addr_key,
                 letter.text_hash,
                 letter.job.email.subject,
                 email ? letter.job.email.to.address : letter.job.sms.to,
                 std::move(domain),
                 message.tries + 1,
                 way.connector};
    claimed_.insert(message.id);
    ++way.under_way;
    way.connector->submit(std::move(letter.job));
    return std::nullopt;
}

/// For the store to know, and with it for engine, preview and whoever asks `nurture status`.
bool Outbox::hold_without_way(store::Channel channel, Way& way, store::Instant now) {
    if (way.read_at && now < *way.read_at + k_fresh && now >= *way.read_at)
        return false;
    way.read_at = now;
    const bool held = store::shut_way(database_, channel, k_no_way, now);
    if (held)
        base::log(base::Level::warning, "messages are due on a channel without a way out; they wait for one",
                  {{"channel", base::Configured{store::to_text(channel)}}});
    return held;
}

/// Once a minute is often enough: lateness is judged again in T2.
void Outbox::sweep(store::Instant now) {
    if (swept_ && now < *swept_ + std::chrono::minutes(1) && now >= *swept_)
        return;
    swept_ = now;
    for (auto& [channel, way] : ways_)
        if (way.connector && way.fresh) {
            store::open_way(database_, channel, now);
            way.fresh = false;
        }
    store::expire_messages(database_, now);
    store::close_old_doubts(database_, now);
}

}  // namespace nurture::outbox
