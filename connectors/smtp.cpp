// SPDX-License-Identifier: MIT
#include "connectors/smtp.hpp"

#include "connectors/address.hpp"
#include "connectors/mime.hpp"
#include "connectors/smtp_dialogue.hpp"
#include "connectors/smtp_link.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace nurture::connectors {

namespace {

using Clock = SmtpLink::Clock;

// The relay waits for the first line of the message; RFC 5321 4.5.3.2.5 lets it give up after three minutes.
constexpr std::chrono::seconds k_release_limit{150};
// Relays close idle connections after some minutes; we close ours before.
constexpr std::chrono::seconds k_idle{20};

/// Wakes poll() from other threads; many calls in a row cost one write.
class Alarm {
public:
    Alarm() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (fd_ < 0)
            throw std::runtime_error("no eventfd");
    }
    ~Alarm() { close(fd_); }
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;
    int fd() const { return fd_; }
    void ring() { (void)!eventfd_write(fd_, 1); }
    void silence() {
        eventfd_t rings = 0;
        (void)!eventfd_read(fd_, &rings);
    }

private:
    const int fd_;
};

/// What other threads want of the relay's own.
struct Orders {
    std::deque<Job> jobs;
    std::vector<std::pair<JobId, bool>> releases;
    bool stopping = false;
};

/// A message on its way: what a second attempt on a new connection needs, and the dialogue of this one.
struct Letter {
    JobId id = 0;
    SmtpLetter mail;
    std::optional<SmtpDialogue> dialogue;  // once the connection stands
    std::size_t steps = 0;                 // of it, seen; the deadline counts from then
    bool asked = false;
    bool gate_refused = false;
    bool second_try = false;
};

/// A place for one connection and the message on it.
struct Lane {
    std::unique_ptr<SmtpLink> link;
    std::optional<Letter> letter;
    bool used = false;                          // the connection has carried a message before this one
    bool dirty = false;                         // … which was refused: RSET comes first
    std::optional<Clock::time_point> deadline;  // of the step under way
    std::size_t first_poll = 0, polls = 0;      // its places in the list given to poll()
};

class Smtp final : public Connector {
public:
    Smtp(SmtpConfig config, Gate& gate)
        : config_(std::move(config)),
          gate_(gate),
          lanes_(static_cast<std::size_t>(std::max(1, config_.connections))),
          thread_([this] { work(); }) {}
    ~Smtp() override { Smtp::stop(); }
    Smtp(const Smtp&) = delete;
    Smtp& operator=(const Smtp&) = delete;

    int capacity() const override { return static_cast<int>(lanes_.size()); }
    std::string name() const override { return config_.url; }

    void submit(Job job) override {
        order([&](Orders& orders) { orders.jobs.push_back(std::move(job)); });
    }
    void release(JobId id, bool go) override {
        order([&](Orders& orders) { orders.releases.emplace_back(id, go); });
    }
    void close() override {
        order([](Orders& orders) { orders.stopping = true; });
    }
    void stop() override {
        Smtp::close();
        if (thread_.joinable())
            thread_.join();
    }

private:
    template<typename Change>
    void order(Change change) {
        bool first = false;
        {
            const std::lock_guard lock(mutex_);
            change(orders_);
            first = !std::exchange(ordered_, true);
        }
        if (first)
            alarm_.ring();
    }

    // --- the relay's thread ---------------------------------------------------------------------------------------

    void work() {
        while (true) {
            take_orders();
            assign();
            if (stopping_ &&
                std::none_of(lanes_.begin(), lanes_.end(), [](const Lane& l) { return l.letter.has_value(); }))
                break;
            wait();
            for (Lane& lane : lanes_)
                if (lane.link)
                    turn(lane);
        }
        for (Lane& lane : lanes_)
            if (lane.link && lane.link->state() == SmtpLink::State::open)
                lane.link->quit();
        for (Lane& lane : lanes_)
            lane.link.reset();
    }

    void take_orders() {
        Orders orders;
        {
            const std::lock_guard lock(mutex_);
            if (!std::exchange(ordered_, false))
                return;
            orders.jobs = std::exchange(orders_.jobs, {});
            orders.releases = std::exchange(orders_.releases, {});
            orders.stopping = orders_.stopping;
        }
        std::move(orders.jobs.begin(), orders.jobs.end(), std::back_inserter(queue_));
        for (const auto& [id, go] : orders.releases)
            released(id, go);
        if (orders.stopping && !std::exchange(stopping_, true))
            give_up_what_was_not_released();
        if (stopping_)
            for (const Job& job : std::exchange(queue_, {}))
                gate_.done(job.id, Outcome{.answer = Answer::refused});
    }

    /// Also when stop() came at the same moment: T2 is committed, so the message goes.
    void released(JobId id, bool go) {
        const auto lane =
            std::find_if(lanes_.begin(), lanes_.end(), [&](const Lane& l) { return l.letter && l.letter->id == id; });
        if (lane == lanes_.end() || !lane->letter->dialogue || !lane->letter->dialogue->asks())
            return;  // gone meanwhile: its done() is on the way
        Letter& letter = *lane->letter;
        letter.gate_refused = !go;
        // Without a last look the whole text would go to a relay that is no longer there, and the message would be in
        // doubt for nothing.
        if (!go || !listen(*lane))
            letter.dialogue->cut();
        else if (letter.dialogue->asks())
            letter.dialogue->go();
        speak(*lane);
    }

    void give_up_what_was_not_released() {
        for (Lane& lane : lanes_) {
            if (!lane.letter || (lane.letter->dialogue && lane.letter->asked && !lane.letter->dialogue->asks()))
                continue;
            lane.letter->gate_refused = true;
            end(lane, false);
        }
    }

    void assign() {
        while (!queue_.empty()) {
            // An open connection first; the oldest ones do most of the work, so that the others may end.
            auto free = std::find_if(lanes_.begin(), lanes_.end(), [](const Lane& l) { return !l.letter && l.link; });
            if (free == lanes_.end())
                free = std::find_if(lanes_.begin(), lanes_.end(), [](const Lane& l) { return !l.letter; });
            if (free == lanes_.end())
                return;
            begin(*free, std::exchange(queue_.front(), {}));
            queue_.pop_front();
        }
    }

    void begin(Lane& lane, const Job& job) {
        const EmailMessage& email = job.email;
        auto wire = write_mime(email);
        const auto to = EmailAddress::parse(email.to.address);
        const auto from = EmailAddress::parse(email.envelope_from.empty() ? email.from.address : email.envelope_from);
        if (!wire || !to || !from)
            return gate_.done(job.id, Outcome{.answer = Answer::rejected, .blame = Blame::content});
        const auto eight_bits = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
        const bool international =
            from->international() || to->international() || std::any_of(wire->begin(), wire->end(), eight_bits);
        lane.letter.emplace(
            Letter{.id = job.id, .mail = {from->wire(), to->wire(), std::move(*wire), international}, .dialogue = {}});
        // A relay that hangs up on an idle connection, or says why it will, shows it here at the latest.
        const auto heard = lane.link ? lane.link->read() : std::nullopt;
        if (heard && heard->empty())
            return open_dialogue(lane);
        connect(lane);
    }

    void connect(Lane& lane) {
        lane.link.reset();
        lane.used = lane.dirty = false;
        lane.deadline.reset();  // libcurl keeps the time
        lane.link = std::make_unique<SmtpLink>(config_);
        if (lane.link->state() != SmtpLink::State::connecting)
            turn(lane);
    }

    void open_dialogue(Lane& lane) {
        Letter& letter = *lane.letter;
        if (letter.mail.international && !lane.link->offer().smtputf8)
            return decline(lane);
        letter.dialogue.emplace(letter.mail, lane.link->offer().pipelining, std::exchange(lane.dirty, false));
        speak(lane);
    }

    /// Not a word of it has been said: the connection is as good as it was.
    void decline(Lane& lane) {
        const JobId id = lane.letter->id;
        lane.letter.reset();
        lane.deadline = Clock::now() + k_idle;
        gate_.done(id, Outcome{.answer = Answer::rejected, .blame = Blame::no_smtputf8});
    }

    void wait() {
        std::vector<pollfd>& polls = polls_;
        polls.assign(1, {alarm_.fd(), POLLIN, 0});
        auto until = Clock::time_point::max();
        for (Lane& lane : lanes_) {
            lane.first_poll = polls.size();
            if (lane.link && lane.link->state() == SmtpLink::State::open) {
                const bool writing = lane.letter && !lane.letter->dialogue->due().empty();
                polls.push_back({lane.link->socket(), static_cast<short>(writing ? POLLIN | POLLOUT : POLLIN), 0});
            } else if (lane.link) {
                lane.link->wanted(polls);
                until = std::min(until, lane.link->timer().value_or(until));
            }
            lane.polls = polls.size() - lane.first_poll;
            until = std::min(until, lane.deadline.value_or(until));
        }
        int milliseconds = -1;
        if (until != Clock::time_point::max()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
            milliseconds = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
        }
        poll(polls.data(), polls.size(), milliseconds);
        if (polls.front().revents != 0)
            alarm_.silence();  // before the orders are looked at: one that comes now rings again
    }

    /// Something may have happened on this connection.
    void turn(Lane& lane) {
        if (lane.link->state() == SmtpLink::State::connecting)
            lane.link->proceed(polls_.data() + lane.first_poll, polls_.data() + lane.first_poll + lane.polls);
        if (lane.link->state() == SmtpLink::State::connecting)
            return;
        if (lane.link->state() == SmtpLink::State::failed)
            return end(lane, false);
        if (lane.letter && !lane.letter->dialogue)
            return open_dialogue(lane);
        const bool happened = std::any_of(polls_.begin() + static_cast<std::ptrdiff_t>(lane.first_poll),
                                          polls_.begin() + static_cast<std::ptrdiff_t>(lane.first_poll + lane.polls),
                                          [](const pollfd& one) { return one.revents != 0; });
        if (!lane.letter)
            return idle(lane, happened);
        if (happened) {
            if (!listen(lane))
                lane.letter->dialogue->cut();
            speak(lane);
        }
        if (lane.letter && lane.deadline && *lane.deadline <= Clock::now())
            too_slow(lane);
    }

    void idle(Lane& lane, bool happened) {
        if (!happened && *lane.deadline > Clock::now())
            return;
        if (!happened)
            lane.link->quit();
        lane.link.reset();
        lane.deadline.reset();
    }

    void too_slow(Lane& lane) {
        Letter& letter = *lane.letter;
        letter.gate_refused = letter.dialogue->asks();  // the outbox did not answer in time
        letter.second_try = true;                       // a relay that hangs is not asked twice
        letter.dialogue->cut();
        speak(lane);
    }

    /// Takes in what the relay has said. False: it has gone.
    bool listen(Lane& lane) {
        while (true) {
            const auto bytes = lane.link->read();
            if (!bytes)
                return false;
            if (bytes->empty())
                return true;
            lane.letter->dialogue->read(*bytes);
        }
    }

    /// Says what is due, and does what the dialogue has come to.
    void speak(Lane& lane) {
        Letter& letter = *lane.letter;
        SmtpDialogue& dialogue = *letter.dialogue;
        while (!dialogue.over() && !dialogue.due().empty()) {
            const auto written = lane.link->write(dialogue.due());
            if (!written)
                dialogue.cut();
            else if (*written == 0)
                break;
            else
                dialogue.wrote(*written);
        }
        if (std::exchange(letter.steps, dialogue.steps()) != dialogue.steps())
            lane.deadline =
                Clock::now() + (dialogue.asks() ? k_release_limit : std::chrono::seconds(config_.reply_timeout));
        if (dialogue.asks() && !std::exchange(letter.asked, true))
            gate_.ready(letter.id);
        if (dialogue.over())
            end(lane, dialogue.usable());
    }

    /// A connection that the relay had closed, or closes now ("421 too many messages"): nothing has been sent, so once
    /// more on a new one. Without this every idle hour would cost the next message a back-off.
    bool stale(const Lane& lane) const {
        const Letter& letter = *lane.letter;
        if (!lane.used || letter.asked || letter.second_try || stopping_ || !letter.dialogue)
            return false;
        const auto& reply = letter.dialogue->facts().reply;
        return !letter.dialogue->usable() && (!reply || reply->code == 421);
    }

    void end(Lane& lane, bool usable) {
        if (stale(lane)) {
            lane.letter->second_try = true;
            lane.letter->dialogue.reset();
            return connect(lane);
        }
        const Letter letter = std::move(*std::exchange(lane.letter, {}));
        SmtpFacts facts = lane.link->facts();
        if (letter.dialogue) {
            const bool credentials = facts.credentials_wrong;
            facts = letter.dialogue->facts();
            facts.credentials_wrong = credentials;
        }
        facts.gate_refused = letter.gate_refused;
        if (usable) {
            lane.used = true;
            lane.dirty = letter.dialogue->refused();
            lane.deadline = Clock::now() + k_idle;
        } else {
            lane.link.reset();
            lane.deadline.reset();
        }
        gate_.done(letter.id, classify(facts));
    }

    const SmtpConfig config_;
    Gate& gate_;
    Alarm alarm_;

    std::mutex mutex_;  // guards the two below
    Orders orders_;
    bool ordered_ = false;

    std::vector<Lane> lanes_;  // from here on the thread's own; their number is fixed
    std::deque<Job> queue_;
    std::vector<pollfd> polls_;
    bool stopping_ = false;

    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<Connector> make_smtp(SmtpConfig config, Gate& gate) {
    return std::make_unique<Smtp>(std::move(config), gate);
}

}  // namespace nurture::connectors
