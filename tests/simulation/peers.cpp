// SPDX-License-Identifier: MIT
#include "tests/simulation/peers.hpp"

#include "connectors/mime.hpp"

#include <limits>

namespace nurture::simulation {

using connectors::Answer;
using connectors::Blame;
using connectors::Outcome;

namespace {

std::string_view word(Answer answer) {
    switch (answer) {
    case Answer::accepted: return "accepted";
    case Answer::deferred: return "deferred";
    case Answer::rejected: return "rejected";
    case Answer::in_doubt: return "in doubt";
    case Answer::refused: break;
    }
    return "refused";
}

/// What each channel's peer says: the relay by SMTP codes, the gateway by HTTP and its own numbers.
Outcome dead_address(Channel c) {
    return c == Channel::sms ? Outcome{Answer::rejected, Blame::address_dead, 400, "21614"}
                             : Outcome{Answer::rejected, Blame::address_dead, 550, "5.1.1"};
}

const Outcome k_opted_out{Answer::rejected, Blame::opted_out, 400, "21610"};

}  // namespace

/// The program's end of a connection.
class WayOut final : public connectors::Connector {
public:
    WayOut(Peers& peers, Channel channel, int capacity) : peers_(peers), channel_(channel), capacity_(capacity) {}

    int capacity() const override { return capacity_; }
    void submit(connectors::Job job) override { peers_.submit(*gate, channel_, std::move(job)); }
    void release(connectors::JobId id, bool go) override { peers_.release(id, channel_, go); }
    void stop() override { peers_.hang_up(*gate, channel_); }
    std::string name() const override { return channel_ == Channel::sms ? "gateway" : "relay"; }

    connectors::Gate* gate = nullptr;

private:
    Peers& peers_;
    Channel channel_;
    int capacity_;
};

std::unique_ptr<connectors::Connector> Peers::connector(connectors::Gate& gate, Channel channel) {
    auto line = std::make_unique<WayOut>(*this, channel, channel == Channel::sms ? 2 : traits_.connections);
    line->gate = &gate;
    return line;
}

std::int64_t Peers::next() const {
    return queue_.empty() ? std::numeric_limits<std::int64_t>::max() : queue_.begin()->first.first;
}

void Peers::run(std::int64_t now) {
    now_ = now;
    while (!queue_.empty() && queue_.begin()->first.first <= now) {
        const auto id = queue_.begin()->second;
        queue_.erase(queue_.begin());
        step(id);
    }
}

void Peers::schedule(std::uint64_t id, Next next, int seconds) {
    transfers_.at(id).next = next;
    queue_.emplace(std::pair(now_ + seconds, ++events_), id);
}

void Peers::submit(connectors::Gate& gate, Channel channel, connectors::Job job) {
    const auto id = ++last_;
    Transfer transfer;
    transfer.gate = &gate;
    transfer.job = job.id;
    transfer.channel = channel;
    const bool sms = channel == Channel::sms;
    transfer.key = sms ? "sms-" + job.file_stem : job.email.message_id;
    transfer.address = sms ? job.sms.to : job.email.to.address;
    transfer.unsubscribe_url = job.email.unsubscribe_url;
    transfer.wire = sms ? std::string() : connectors::write_mime(job.email).value_or("");
    transfer.message = std::stoll(job.file_stem.substr(job.file_stem.find('-') + 1));
    transfers_[id] = std::move(transfer);
    const bool slow = draw(15);  // a claimed message is minutes older when it comes to it
    const int late = how_late ? how_late(transfers_.at(id).message) : 0;
    schedule(id, Next::answer_connection, late > 0 ? late : dice_.below(slow ? traits_.slowest_answer : 3));
}

void Peers::step(std::uint64_t id) {
    const auto found = transfers_.find(id);
    if (found == transfers_.end())
        return;
    switch (found->second.next) {
    case Next::answer_connection: return answer_connection(id);
    case Next::answer_body: return answer_body(id);
    case Next::tell: return tell(id);
    }
}

void Peers::end(std::uint64_t id, Outcome outcome, int seconds) {
    transfers_.at(id).outcome = std::move(outcome);
    transfers_.at(id).waits = false;
    schedule(id, Next::tell, seconds);
}

void Peers::answer_connection(std::uint64_t id) {
    auto& t = transfers_.at(id);
    if (draw(traits_.refused_connection))
        return end(id, {Answer::deferred, Blame::connection, 0}, dice_.below(3));
    if (draw(traits_.credentials))
        return end(id, {Answer::deferred, Blame::credentials, t.channel == Channel::sms ? 401 : 535, "5.7.8"}, 0);
    if (draw(traits_.refused_recipient))
        return end(id, t.channel == Channel::sms && dice_.chance(60) ? k_opted_out : dead_address(t.channel), 0);
    if (draw(traits_.full_mailbox))
        return end(id, {Answer::deferred, Blame::mailbox_full, 452, "4.2.2"}, 0);
    if (draw(traits_.policy))
        return end(id, {Answer::deferred, Blame::rate_or_policy, 421, "4.7.0", {}, dice_.below(600)}, 0);
    t.waits = true;
    const Received about{t.address, t.unsubscribe_url, t.channel, t.message};
    t.gate->ready(t.job);
    if (before_answer)
        before_answer(about);
}

void Peers::release(connectors::JobId job, Channel channel, bool go) {
    if (std::exchange(kill_at_release_, false))
        throw Killed{};
    for (auto& [id, t] : transfers_) {
        if (t.gate == nullptr || t.job != job || t.channel != channel || !t.waits)
            continue;
        t.waits = false;
        if (!go)
            return end(id, {Answer::refused}, 0);
        t.let_go = true;
        auto& line = record_.add(What::begun);
        line.who = t.address;
        line.channel = t.channel;
        line.key = t.key;
        line.message = t.message;
        return schedule(id, Next::answer_body, dice_.below(healthy_ ? 2 : traits_.slowest_answer));
    }
}

void Peers::answer_body(std::uint64_t id) {
    auto& t = transfers_.at(id);
    const bool sms = t.channel == Channel::sms;
    if (draw(traits_.cut_in_body))
        return sms ? end(id, {Answer::in_doubt, Blame::connection, 0}, 0)
                   : end(id, {Answer::deferred, Blame::connection, 0}, 0);
    if (draw(traits_.deferred))
        return end(id, {Answer::deferred, Blame::none, sms ? 429 : 451, sms ? "" : "4.3.0"}, 0);
    if (draw(traits_.rejected)) {
        const int kind = dice_.below(4);
        return end(id,
                   kind == 0   ? dead_address(t.channel)
                   : kind == 1 ? Outcome{Answer::rejected, Blame::bare_550, 550}
                   : sms       ? k_opted_out
                               : Outcome{Answer::rejected, Blame::content, 554, "5.6.0"},
                   0);
    }
    if (draw(traits_.nobody_knows))
        return end(id, {Answer::in_doubt, Blame::connection, 354}, dice_.below(traits_.slowest_answer));
    auto& line = record_.add(What::accepted);
    line.who = t.address;
    line.channel = t.channel;
    line.key = t.key;
    line.message = t.message;
    line.wire = std::move(t.wire);
    received.push_back({t.address, t.unsubscribe_url, t.channel, t.message});
    const bool lost = draw(traits_.lost_reply);
    end(id, lost ? Outcome{Answer::in_doubt, Blame::connection, 0} : Outcome{Answer::accepted, Blame::none, 250},
        dice_.below(lost ? traits_.slowest_answer : 3));
}

void Peers::tell(std::uint64_t id) {
    const auto t = transfers_.at(id);
    transfers_.erase(id);
    if (t.gate == nullptr)
        return;
    if (t.outcome.answer != Answer::refused) {
        auto& line = record_.add(What::told);
        line.who = t.address;
        line.channel = t.channel;
        line.key = t.key;
        line.message = t.message;
        line.number = t.let_go ? 1 : 0;
        line.text =
            std::string(word(t.outcome.answer)) + ' ' + std::to_string(t.outcome.code) + ' ' + t.outcome.enhanced;
    }
    if (t.outcome.blame == Blame::address_dead || t.outcome.blame == Blame::opted_out)
        bounced_.emplace_back(t.channel, t.address);
    t.gate->done(t.job, t.outcome);
}

/// The program stops in order: what is under way is finished, the rest given back.
void Peers::hang_up(connectors::Gate& gate, Channel channel) {
    std::vector<std::uint64_t> mine;
    for (const auto& [id, t] : transfers_)
        if (t.gate == &gate && t.channel == channel)
            mine.push_back(id);
    for (const auto id : mine) {
        auto& t = transfers_.at(id);
        if (t.let_go && t.next == Next::answer_body)
            answer_body(id);
        else if (!t.let_go && t.next != Next::tell)
            t.outcome = {Answer::refused};
        tell(id);
    }
}

int Peers::process_died() {
    int open = 0;
    for (auto i = transfers_.begin(); i != transfers_.end();) {
        auto& t = i->second;
        if (t.gate != nullptr && t.let_go)
            ++open;
        t.gate = nullptr;
        const bool arrives = t.let_go && t.next == Next::answer_body && dice_.chance(50);
        i = arrives ? std::next(i) : transfers_.erase(i);
    }
    return open;
}

}  // namespace nurture::simulation
