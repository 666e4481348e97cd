// SPDX-License-Identifier: MIT
#include "daemon/service/listener.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <stdexcept>
#include <thread>

namespace nurture::service {
namespace {

// Candidates open one small page each; more waiting than this is somebody else's load test.
constexpr int k_threads = 4;
constexpr std::size_t k_most_body = 4096;  // RFC 8058's body is one line
constexpr auto k_slow_client = std::chrono::seconds(5);

void answer(httplib::Response& response, int status, std::string html) {
    response.status = status;
    response.set_header("Cache-Control", "no-store");
    response.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
    response.set_header("Referrer-Policy", "no-referrer");
    response.set_content(std::move(html), "text/html; charset=utf-8");
}

}  // namespace

struct Listener::Impl {
    ListenerCalls calls;
    httplib::Server server;
    int port = 0;
    std::jthread thread;

    Pages pages() const { return Pages(calls.organisation); }

    void unknown(httplib::Response& response) const { answer(response, 404, pages().incomplete_link()); }

    /// 200 only when it is on the disk. Mail programs try again on 5xx; the person is told the truth.
    void tell(httplib::Response& response, Recorded recorded, const std::string& done) const {
        switch (recorded) {
        case Recorded::done: return answer(response, 200, done);
        case Recorded::bad_token: return unknown(response);
        case Recorded::failed: return answer(response, 503, pages().try_again());
        }
    }

    template<class Page, class Show>
    void show(httplib::Response& response, const Asked<Page>& page, Show show) const {
        if (page.recorded == Recorded::done)
            return answer(response, 200, show(page.page));
        tell(response, page.recorded, {});
    }

    void ask(const httplib::Request& request, httplib::Response& response) const {
        if (!calls.known(request.matches[1]))
            return unknown(response);
        answer(response, 200, pages().ask_to_stop());
    }

    void stop_mail(const httplib::Request& request, httplib::Response& response) const {
        tell(response, calls.unsubscribe(request.matches[1]), pages().stopped());
    }

    void preferences(const httplib::Request& request, httplib::Response& response) const {
        show(response, calls.preferences(request.matches[1]),
             [&](const PreferencesPage& page) { return pages().preferences(page); });
    }

    void withdraw(const httplib::Request& request, httplib::Response& response) const {
        const auto consent = request.get_param_value("consent");
        if (consent.empty())
            return preferences(request, response);
        tell(response, calls.withdraw(request.matches[1], consent), pages().withdrawn(consent));
    }

    void renewal(const httplib::Request& request, httplib::Response& response) const {
        show(response, calls.renewal(request.matches[1]),
             [&](const RenewalPage& page) { return pages().renewal(page); });
    }

    void renew(const httplib::Request& request, httplib::Response& response) const {
        show(response, calls.renew(request.matches[1]),
             [&](const RenewalPage& page) { return pages().renewed(page.unsubscribed); });
    }

    /// By GET (Kannel) or POST: whoever has the token is the gateway, no person and no scanner.
    void report(const httplib::Request& request, httplib::Response& response) const {
        GatewayCall call{request.target,
                         {request.params.begin(), request.params.end()},
                         request.get_header_value("X-Twilio-Signature")};
        const auto recorded = calls.report ? calls.report(request.matches[1], call) : Recorded::bad_token;
        response.status = recorded == Recorded::done ? 200 : recorded == Recorded::failed ? 503 : 404;
        response.set_content("", "text/plain; charset=utf-8");
    }

    void route(const char* path, void (Impl::*get)(const httplib::Request&, httplib::Response&) const,
               void (Impl::*post)(const httplib::Request&, httplib::Response&) const) {
        const std::string pattern = std::string(path) + "([A-Za-z0-9_-]{1,128})";
        server.Get(pattern, [this, get](const httplib::Request& q, httplib::Response& r) { (this->*get)(q, r); });
        server.Post(pattern, [this, post](const httplib::Request& q, httplib::Response& r) { (this->*post)(q, r); });
    }

    void routes() {
        route("/u/", &Impl::ask, &Impl::stop_mail);
        route("/p/", &Impl::preferences, &Impl::withdraw);
        route("/c/", &Impl::renewal, &Impl::renew);
        route("/r/", &Impl::report, &Impl::report);
        server.Get("/healthz", [this](const httplib::Request&, httplib::Response& response) {
            const bool healthy = calls.healthy();
            response.status = healthy ? 200 : 503;
            response.set_content(healthy ? "ok\n" : "not ready\n", "text/plain; charset=utf-8");
        });
        server.set_error_handler([this](const httplib::Request&, httplib::Response& response) {
            if (response.body.empty() && !response.has_header("Content-Type"))
                answer(response, response.status, pages().nothing_here());
        });
    }
};

Listener::Listener(const std::string& host, std::uint16_t port, ListenerCalls calls) : impl_(std::make_unique<Impl>()) {
    impl_->calls = std::move(calls);
    auto& server = impl_->server;
    server.new_task_queue = [] { return new httplib::ThreadPool(k_threads); };  // httplib owns and deletes it
    server.set_payload_max_length(k_most_body);
    server.set_read_timeout(k_slow_client);
    server.set_write_timeout(k_slow_client);
    // httplib's default is SO_REUSEPORT, with which two daemons would share the address unnoticed.
    server.set_socket_options([](socket_t socket) {
        const int yes = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    impl_->routes();
    impl_->port =
        port == 0 ? server.bind_to_any_port(host.c_str()) : (server.bind_to_port(host.c_str(), port) ? port : -1);
    if (impl_->port < 0)
        throw std::runtime_error(
            fmt::format("cannot listen on {}:{} ([listen] address): is another program there?", host, port));
    impl_->thread = std::jthread([&server] { server.listen_after_bind(); });
    // stop() does nothing before the accept loop has begun, and the destructor would wait for ever.
    while (!server.is_running())
        std::this_thread::yield();
}

Listener::~Listener() { impl_->server.stop(); }

std::uint16_t Listener::port() const { return static_cast<std::uint16_t>(impl_->port); }

}  // namespace nurture::service
