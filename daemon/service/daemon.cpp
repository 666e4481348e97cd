// SPDX-License-Identifier: MIT
#include "daemon/service/daemon.hpp"

#include "daemon/base/log.hpp"
#include "daemon/inbound/consents.hpp"
#include "daemon/inbound/delivery_report.hpp"
#include "daemon/inbound/link_token.hpp"
#include "daemon/inbound/unsubscribe.hpp"
#include "daemon/service/control.hpp"
#include "daemon/service/guard.hpp"
#include "daemon/service/listener.hpp"
#include "daemon/service/notify.hpp"
#include "daemon/service/queue.hpp"
#include "daemon/service/runner.hpp"
#include "daemon/service/status.hpp"
#include "daemon/service/watch.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/engine_lock.hpp"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

namespace nurture::service {
namespace {

using namespace std::chrono_literals;

// A wall clock that is set forward is noticed at the latest after this; an idle wake costs microseconds.
constexpr std::chrono::milliseconds k_longest_sleep = 60s;
// How long a page waits for the loop; a large tick serves it between two chunks.
constexpr auto k_page_patience = 20s;
// A relay's slow answer to the final dot is worth waiting for at a stop; the unit's TimeoutStopSec is longer.
constexpr auto k_drain = 60s;

store::Database open_live(const config::Config& config) {
    auto database = store::Database::open(config.store_path);
    if (store::purpose(database) == store::Purpose::rehearsal)
        throw base::StoreError(config.store_path.string() + " is the store of a rehearsal: no daemon runs it");
    return database;
}

}  // namespace

struct Daemon::Impl {
    config::Config config;
    const base::Clock& clock;
    Signals signals;  // before any thread
    store::EngineLock lock;
    store::Database database;
    Guards guards;  // before anybody writes to the store
    std::string pepper;
    Waker waker;
    Queue<std::function<void()>> calls{waker};  // what the pages ask of this thread
    std::atomic<bool> ready{false};
    Notify notify;
    Control control;
    DirectoryWatch watch;
    /// Who delivery reports are expected from. The listener's threads read it while a reload replaces it.
    struct Reporting {
        SmsGateway gateway;
        std::string public_url;
    };
    static std::shared_ptr<const Reporting> who_reports(const config::Config& wanted) {
        auto gateway = sms_gateway(wanted);
        return gateway ? std::make_shared<const Reporting>(Reporting{std::move(*gateway), wanted.public_url}) : nullptr;
    }
    std::atomic<std::shared_ptr<const Reporting>> reporting;
    std::unique_ptr<Listener> listener;
    Runner runner;
    std::string rules_note;  // what the last look at the directory found
    std::string last_status;
    bool claiming = true;  // false: finish what is under way

    Impl(config::Config wanted, const base::Clock& time)
        : config(std::move(wanted)),
          clock(time),
          lock(config.store_path, clock.now()),
          database(open_live(config)),
          guards(database, config.state_directory, clock),
          pepper(store::pepper(database)),
          control(config.state_directory),
          watch(config.state_directory),
          reporting(who_reports(config)),
          listener(listen(config)),
          runner(database, config, base::IdSource::random(),
                 {[this] { waker.wake(); }, [this] { serve(); }, {}, [this](int percent) { tell_reading(percent); }},
                 clock.now(), {.digests = true}) {}

    std::unique_ptr<Listener> listen(const config::Config& wanted) {
        ListenerCalls page;
        page.organisation = wanted.organisation_name;
        page.known = [this](const std::string& token) {
            return inbound::message_of_token(inbound::Link::unsubscribe, pepper, token).has_value();
        };
        page.unsubscribe = [this](const std::string& token) {
            return recorded(inbound::Link::unsubscribe, token, [this](store::MessageId message) {
                base::log(base::Level::info, "unsubscribed by link", {{"message", message}});
                return inbound::unsubscribe(database, message, clock.now());
            });
        };
        page.healthy = [this] { return ready.load(); };
        page.report = [this](const std::string& token, const GatewayCall& call) {
            const auto from = reporting.load();
            return from ? delivery_report(from->gateway, token,
                                          {from->public_url + call.target, call.fields, call.signature})
                        : Recorded::bad_token;
        };
        add_consent_pages(page, wanted.organisation_name);
        return std::make_unique<Listener>(wanted.listen_host, wanted.listen_port, std::move(page));
    }

    void add_consent_pages(ListenerCalls& page, const std::string& organisation) {
        page.preferences = [this](const std::string& token) {
            return asked<PreferencesPage>(inbound::Link::preferences, token,
                                          [this](store::MessageId message) { return preferences_page(message); });
        };
        page.withdraw = [this](const std::string& token, const std::string& consent) {
            return recorded(inbound::Link::preferences, token, [this, consent](store::MessageId message) {
                inbound::withdraw_consent(database, message, consent, clock.now());
                return true;  // also when it was withdrawn before
            });
        };
        page.renewal = [this, organisation](const std::string& token) {
            return asked<RenewalPage>(inbound::Link::renew_consent, token, [=, this](store::MessageId message) {
                return renewal_page(message, organisation);
            });
        };
        page.renew = [this, organisation](const std::string& token) {
            return asked<RenewalPage>(inbound::Link::renew_consent, token, [=, this](store::MessageId message) {
                return inbound::renew_consent(database, message, organisation, clock.now())
                           ? renewal_page(message, organisation)
                           : std::nullopt;
            });
        };
    }

    Recorded delivery_report(const SmsGateway& gateway, const std::string& token,
                             const connectors::ReportRequest& got) {
        using connectors::SmsReport;
        const auto report = gateway.kind->report(gateway.config, got);
        if (!report)
            return Recorded::bad_token;
        if (*report == SmsReport::under_way)
            return Recorded::done;
        const auto what = *report == SmsReport::delivered      ? inbound::Delivery::delivered
                          : *report == SmsReport::address_dead ? inbound::Delivery::address_dead
                          : *report == SmsReport::opted_out    ? inbound::Delivery::opted_out
                                                               : inbound::Delivery::failed;
        return recorded(inbound::Link::delivery_report, token, [this, what](store::MessageId message) {
            inbound::delivery_report(database, message, what, clock.now());
            return true;  // also for one that never left: the gateway has nothing to say about it
        });
    }

    std::optional<PreferencesPage> preferences_page(store::MessageId message) {
        auto found = inbound::preferences(database, message, clock.now());
        if (!found)
            return std::nullopt;
        return PreferencesPage{std::move(found->given), std::move(found->withdrawn), found->unsubscribed,
                               "/u/" + inbound::link_token(inbound::Link::unsubscribe, pepper, message)};
    }

    std::optional<RenewalPage> renewal_page(store::MessageId message, const std::string& organisation) {
        const auto found = inbound::renewal(database, message, organisation, clock.now());
        return found ? std::optional(RenewalPage{found->text, found->unsubscribed}) : std::nullopt;
    }

    /// On a thread of the listener: waits for what the loop makes of it. Nothing: that took too long, and may still
    /// happen; whatever the pages do is harmless when it is done once more.
    template<class Make>
    auto on_loop(Make make) -> std::optional<decltype(make())> {
        auto done = std::make_shared<std::promise<decltype(make())>>();
        auto result = done->get_future();
        calls.put([done, make] { done->set_value(make()); });
        if (result.wait_for(k_page_patience) != std::future_status::ready)
            return std::nullopt;
        return result.get();
    }

    template<class Work>
    Recorded recorded(inbound::Link link, const std::string& token, Work work) {
        const auto message = inbound::message_of_token(link, pepper, token);
        if (!message)
            return Recorded::bad_token;
        const auto done = on_loop([=] { return work(*message); });
        return done && *done ? Recorded::done : Recorded::failed;
    }

    template<class Page, class Make>
    Asked<Page> asked(inbound::Link link, const std::string& token, Make make) {
        const auto message = inbound::message_of_token(link, pepper, token);
        if (!message)
            return {Recorded::bad_token, {}};
        auto made = on_loop([=] { return make(*message); });
        if (!made)
            return {Recorded::failed, {}};
        return *made ? Asked<Page>{Recorded::done, std::move(**made)} : Asked<Page>{Recorded::bad_token, {}};
    }

    /// What must not wait for a large tick: opt-outs, hand-overs, the watchdog.
    void serve() {
        waker.clear();
        for (const auto& call : calls.take())
            call();
        const bool sane = guards.look();
        runner.pump(clock.now(), claiming && sane);
        notify.watchdog();
    }

    /// Its handlers wait for this thread's commits, so this thread goes on serving until the last of them is through.
    void close(std::unique_ptr<Listener> old) {
        std::atomic<bool> closed{false};
        std::jthread closing([&] {
            old.reset();
            closed = true;
            waker.wake();
        });
        while (!closed) {
            wait_for_wake(200ms);
            serve();
        }
    }

    void wait_for_wake(std::chrono::milliseconds longest) {
        pollfd waited{waker.fd(), POLLIN, 0};
        ::poll(&waited, 1, static_cast<int>(longest.count()));
    }

    void answer_commands() {
        control.serve([this](const std::string& request) {
            if (request == "status")
                return status_json(database, config, runner, rules_note, clock.now());
            return std::string(request == "poke" ? "ok" : "unknown request");
        });
    }

    /// A file that people touch when nothing else works. The store hears of it too, so that it outlives the file
    /// system.
    void look_for_stop_file() {
        if (!stop_file_present(config) || store::stop_said(database))
            return;
        store::Transaction transaction(database);
        store::stop(database, clock.now(), "a STOP file", "");
        transaction.commit();
        base::log(base::Level::warning, "stopped by a STOP file; `nurture resume` goes on");
    }

    void tell_reading(int percent) {
        last_status.clear();  // so that it is told again afterwards
        notify.reading(percent);
    }

    void tell_status() {
        const auto line = status_line(config, runner, rules_note);
        if (line == last_status)
            return;
        last_status = line;
        notify.status(line);
    }

    std::chrono::milliseconds time_to_sleep() const {
        auto longest = k_longest_sleep;
        if (const auto watchdog = notify.watchdog_interval(); watchdog > 0ms)
            longest = std::min(longest, watchdog);
        const auto now = clock.now();
        auto next = std::chrono::time_point_cast<std::chrono::seconds>(runner.next_wake());
        if (const auto due = runner.next_due(now))
            next = std::min(next, *due);
        return std::clamp<std::chrono::milliseconds>(next - now, 0ms, longest);
    }

    void sleep() {
        std::vector<pollfd> waited{{signals.fd(), POLLIN, 0}, {waker.fd(), POLLIN, 0}, {watch.fd(), POLLIN, 0}};
        control.add_to(waited);
        ::poll(waited.data(), waited.size(), static_cast<int>(time_to_sleep().count()));
        watch.clear();
    }

    /// True: stop.
    bool take_signals() {
        for (int signal = 0; (signal = signals.take()) != 0;) {
            if (signal != SIGHUP)
                return true;
            notify.reloading();
            reload();
            notify.ready(last_status = status_line(config, runner, rules_note));
        }
        return false;
    }

    void reload();

    void turn() {
        answer_commands();
        look_for_stop_file();
        serve();
        if (const auto now = clock.now(); guards.look() && (runner.news() || now >= runner.next_wake()))
            runner.settle(now);
        while (guards.look() && runner.pump(clock.now()))
            serve();
        guards.note();
        tell_status();
    }

    void drain() {
        ready = false;
        notify.stopping();
        claiming = false;
        close(std::move(listener));
        const auto deadline = clock.since_boot() + k_drain;
        while (!runner.idle() && clock.since_boot() < deadline) {
            serve();
            wait_for_wake(200ms);
        }
        runner.stop(clock.now());
    }
};

/// All or nothing: a file with a mistake changes nothing, and the journal says which line.
void Daemon::Impl::reload() {
    try {
        auto loaded = config::load(config.path);
        for (const auto& diagnostic : loaded.diagnostics)
            base::log(base::Level::error, "nurtured.toml has a mistake; the running configuration stays",
                      {{"at", base::Configured{dsl::render_short(diagnostic, loaded.source)}}});
        if (!loaded.config)
            return;
        if (loaded.config->store_path != config.store_path)
            throw base::ConfigError("[store] path cannot change while nurtured runs: restart it");
        std::unique_ptr<Listener> fresh;
        if (loaded.config->listen_host != config.listen_host || loaded.config->listen_port != config.listen_port)
            fresh = listen(*loaded.config);
        runner.reconfigure(*loaded.config, clock.now());
        if (fresh) {
            listener.swap(fresh);
            close(std::move(fresh));
        }
        config = std::move(*loaded.config);
        reporting = who_reports(config);
        rules_note = look_at_rules(config, runner.rules(), clock.now());
        base::log(base::Level::notice, "nurtured.toml read again");
    } catch (const base::StoreError&) {
        throw;
    } catch (const std::exception& trouble) {
        base::log(base::Level::error, "nothing was reloaded; the running configuration stays", {{"because", trouble}});
    }
}

Daemon::Daemon(config::Config config, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(config), clock)) {}
Daemon::~Daemon() = default;

void Daemon::run() {
    auto& impl = *impl_;
    impl.rules_note = look_at_rules(impl.config, impl.runner.rules(), impl.clock.now());
    impl.ready = true;
    impl.last_status = status_line(impl.config, impl.runner, impl.rules_note);
    impl.notify.ready(impl.last_status);
    base::log(base::Level::notice, "ready", {{"live", impl.config.live ? 1 : 0}});
    for (impl.turn(); !impl.take_signals(); impl.turn())
        impl.sleep();
    base::log(base::Level::notice, "stopping: nothing new is started");
    impl.drain();
}

}  // namespace nurture::service
