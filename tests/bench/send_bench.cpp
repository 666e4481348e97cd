// SPDX-License-Identifier: MIT
//
// Messages of 4 kB to a relay on this machine: through the outbox, claim and result on the disk, against a plain loop
// over libcurl that keeps nothing; how often the disk is waited for; and, where it is given, nodemailer. Composing is
// left out of all of them; MIME is written by ours and by nodemailer. Usage: send_bench [MESSAGES [CONNECTIONS
// [NODEMAILER]]]; the last is a directory with node_modules.
#include "connectors/curl_handle.hpp"
#include "connectors/mime.hpp"
#include "connectors/smtp.hpp"
#include "daemon/base/log.hpp"
#include "daemon/outbox/outbox.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/enrolments.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/rule_sets.hpp"
#include "tests/bench/frame.hpp"
#include "tests/bench/sink.hpp"
#include "tests/support/temp_directory.hpp"

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

using namespace nurture;
using namespace std::chrono_literals;

namespace {

std::atomic<std::uint64_t> g_syncs{0};

}  // namespace

// SQLite calls these: the program's own come before the C library's.
extern "C" int fsync(int file) {
    ++g_syncs;
    return static_cast<int>(::syscall(SYS_fsync, file));
}
extern "C" int fdatasync(int file) {
    ++g_syncs;
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace {

const store::Instant k_now = base::from_unix(1'772'463'600);  // Mon 2 Mar 2026 15:00 UTC

/// Somebody waits until something happened.
class Bell {
public:
    void ring() {
        {
            const std::lock_guard lock(mutex_);
            rung_ = true;
        }
        condition_.notify_one();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        condition_.wait(lock, [&] { return rung_; });
        rung_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable condition_;
    bool rung_ = false;
};

connectors::Job letter(std::uint64_t number) {
    static const std::string line = "Three hospitals within an hour of Plano have opened permanent nights since. ";
    static const std::string plain = [] {
        std::string text;
        for (int i = 0; i < 20; ++i)
            text += line + "\n";
        return text;
    }();
    static const std::string html = "<!DOCTYPE html><html><body><p>" + plain + "</p></body></html>";
    connectors::Job job;
    job.email.from = {"Dana Wu", "dana.wu@lonestar.example"};
    job.email.to = {"Ana Ruiz", fmt::format("person{}@candidates.example", number)};
    job.email.subject = "Still looking at ICU work near Plano, Ana?";
    job.email.plain = plain;
    job.email.html = html;
    job.email.message_id = fmt::format("<{}@lonestar.example>", number);
    job.email.unsubscribe_url = "https://lonestar.example/u/0123456789";
    job.email.date = base::to_unix(k_now);
    return job;
}

std::unique_ptr<connectors::Connector> relay(std::uint16_t port, int connections, connectors::Gate& gate) {
    connectors::SmtpConfig config;
    config.url = fmt::format("smtp://127.0.0.1:{}", port);
    config.starttls = connectors::StartTls::never;
    config.connections = connections;
    return connectors::make_smtp(std::move(config), gate);
}

/// libcurl as anybody would use it: a thread and a handle with a reused connection each, the messages written already.
void bare_libcurl(std::uint16_t port, int connections, int messages) {
    const auto text = *connectors::write_mime(letter(0).email);
    std::atomic<int> next{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < connections; ++i)
        threads.emplace_back([&] {
            connectors::CurlHandle curl;
            std::string_view left;
            curl.set(CURLOPT_NOSIGNAL, 1L);
            curl.set(CURLOPT_URL, fmt::format("smtp://127.0.0.1:{}", port));
            curl.set(CURLOPT_MAIL_FROM, "<dana.wu@lonestar.example>");
            curl.set(CURLOPT_UPLOAD, 1L);
            curl.set(CURLOPT_READDATA, &left);
            curl_read_callback read = [](char* out, std::size_t size, std::size_t count, void* rest) {
                auto& bytes = *static_cast<std::string_view*>(rest);
                const auto taken = bytes.copy(out, size * count);
                bytes.remove_prefix(taken);
                return taken;
            };
            curl.set(CURLOPT_READFUNCTION, read);
            for (int number = next++; number < messages; number = next++) {
                const auto to = fmt::format("<person{}@candidates.example>", number);
                const std::unique_ptr<curl_slist, void (*)(curl_slist*)> recipient(
                    curl_slist_append(nullptr, to.c_str()), curl_slist_free_all);
                curl.set(CURLOPT_MAIL_RCPT, recipient.get());
                left = text;
                curl.perform();
            }
        });
}

/// Our connector, with nobody asked and nothing kept.
class WithoutOutbox final : public connectors::Gate {
public:
    void send(std::uint16_t port, int connections, int messages) {
        const auto way = relay(port, connections, *this);
        int submitted = 0, ended = 0;
        while (ended < messages) {
            for (; submitted < messages && submitted - ended < way->capacity(); ++submitted) {
                auto job = letter(static_cast<std::uint64_t>(submitted));
                job.id = static_cast<connectors::JobId>(submitted + 1);
                way->submit(std::move(job));
            }
            bell_.wait();
            std::deque<connectors::JobId> ready;
            {
                const std::lock_guard lock(mutex_);
                ready.swap(ready_);
                ended += std::exchange(done_, 0);
            }
            for (const auto id : ready)
                way->release(id, true);
        }
        way->stop();
    }

    void ready(connectors::JobId id) override {
        {
            const std::lock_guard lock(mutex_);
            ready_.push_back(id);
        }
        bell_.ring();
    }
    void done(connectors::JobId, connectors::Outcome) override {
        {
            const std::lock_guard lock(mutex_);
            ++done_;
        }
        bell_.ring();
    }

private:
    Bell bell_;
    std::mutex mutex_;
    std::deque<connectors::JobId> ready_;
    int done_ = 0;
};

struct SameLetter final : outbox::Composer {
    std::variant<outbox::Letter, outbox::Unsendable> letter(const store::Message& message, store::Instant) override {
        return outbox::Letter{::letter(static_cast<std::uint64_t>(message.id)), message.addr_key, {}};
    }
};

store::AddrKey key(int number) {
    store::AddrKey key{};
    const auto digest = base::sha256(std::to_string(number));
    std::copy(digest.begin(), digest.end(), key.begin());
    return key;
}

/// People who have a message READY each.
void fill(store::Database& database, int messages) {
    store::Transaction transaction(database);
    store::RuleSet set;
    set.applied_at = k_now;
    set.applied_by = "bench";
    const auto rules = store::apply_rule_set(database, set, {{store::Hash{}, "Campaign"}});
    store::CandidateWriter writer(database, {{"email", store::ColumnType::text}}, {});
    for (int number = 0; number < messages; ++number) {
        const auto who =
            writer.put({fmt::format("c{}", number), key(number), {}, {std::string("c@candidates.example")}}, k_now).id;
        store::add_consent(database, {who, "job news", k_now - 48h, true, "import"});
        store::Enrolment enrolment;
        enrolment.candidate = who;
        enrolment.campaign = "Campaign";
        enrolment.addr_key = key(number);
        enrolment.entered_at = k_now;
        enrolment.phase = store::Phase::released;
        store::Message message;
        message.enrolment = store::insert_enrolment(database, enrolment);
        message.campaign = "Campaign";
        message.step = "hello";
        message.consent = "job news";
        message.candidate = who;
        message.addr_key = key(number);
        message.rule_set = rules;
        message.slot = message.not_before = k_now;
        message.closes = k_now + 2h;
        message.expires = k_now + 24h;
        store::insert_message(database, message);
    }
    writer.finish_batch(k_now);
    transaction.commit();
}

struct Sent {
    double cpu = 0, wall = 0, syncs = 0;  // per message; wall: seconds in all
};

template<typename Work>
Sent measure(const bench::Sink& sink, int messages, Work work) {
    const auto before = sink.taken();
    const auto syncs = g_syncs.load();
    const auto began = std::chrono::steady_clock::now();
    const double cpu = bench::cpu_of(work);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
    if (sink.taken() - before != static_cast<std::uint64_t>(messages)) {
        std::fprintf(stderr, "%d messages, and the relay took %lu\n", messages,
                     static_cast<unsigned long>(sink.taken() - before));
        std::exit(1);
    }
    return {cpu / messages, wall.count(), static_cast<double>(g_syncs - syncs) / messages};
}

Sent through_outbox(const bench::Sink& sink, int messages, int connections) {
    const support::TempDirectory folder;
    auto database = store::Database::open(folder / "nurtured.db");
    fill(database, messages);
    SameLetter composer;
    Bell bell;
    outbox::Outbox outbox(database, composer, base::IdSource("bench"), [&] { bell.ring(); });
    outbox.attach(store::Channel::email, relay(sink.port(), connections, outbox));
    store::T2Policy policy;
    policy.never_contact_lists = {"Do not contact"};
    policy.caps = {{1, {}, 24h}, {3, {}, 7 * 24h}};
    return measure(sink, messages, [&] {
        const auto goal = sink.taken() + static_cast<std::uint64_t>(messages);
        while (sink.taken() < goal || !outbox.idle())
            if (!outbox.pump(k_now, policy) && !outbox.idle())
                bell.wait();
    });
}

Sent by(std::vector<Sent> runs) {
    std::sort(runs.begin(), runs.end(), [](const Sent& a, const Sent& b) { return a.cpu < b.cpu; });
    return runs[runs.size() / 2];
}

/// Microseconds of its processor time per message.
double nodemailer(const std::string& directory, const bench::Sink& sink, int messages, int connections) {
    const auto script = std::string(NURTURED_SOURCE_DIR) + "/tests/bench/nodemailer.mjs";
    const auto command = fmt::format("node '{}' '{}' {} {} {}", script, directory, sink.port(), messages, connections);
    std::FILE* output = ::popen(command.c_str(), "r");
    double cpu = 0;
    const bool read = output != nullptr && std::fscanf(output, "%lf", &cpu) == 1;
    if (output != nullptr && ::pclose(output) == 0 && read)
        return cpu;
    std::fputs("nodemailer did not run\n", stderr);
    std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    const int messages = argc > 1 ? std::atoi(argv[1]) : 5'000;
    const int connections = argc > 2 ? std::atoi(argv[2]) : 64;
    const bench::Sink sink;  // before there are threads
    base::set_log_level(base::Level::warning);
    std::vector<Sent> floors, without, ours;
    for (int run = 0; run < 3; ++run) {
        floors.push_back(measure(sink, messages, [&] { bare_libcurl(sink.port(), connections, messages); }));
        without.push_back(measure(sink, messages, [&] { WithoutOutbox().send(sink.port(), connections, messages); }));
        ours.push_back(through_outbox(sink, messages, connections));
    }
    const Sent floor = by(floors), connector = by(without), own = by(ours);
    bench::print({"send", 0, own.cpu * 1e6, floor.cpu * 1e6, "us",
                  fmt::format("{} messages, {} connections; by the clock {:.0f} messages/s, libcurl alone {:.0f}, our "
                              "connector without the outbox {:.0f} ({:.0f} µs)",
                              messages, connections, messages / own.wall, messages / floor.wall,
                              messages / connector.wall, connector.cpu * 1e6)});
    const auto by_the_clock = [&](const Sent& sent) { return sent.wall / messages * 1e6; };
    bench::print({"send-clock", 0, by_the_clock(own), by_the_clock(floor), "us"});
    bench::print({"fsync", 0, own.syncs, 0, "per message"});
    if (argc > 3)
        bench::print({"send-nodemailer", 0, own.cpu * 1e6, nodemailer(argv[3], sink, messages, connections), "us"});
    return 0;
}
