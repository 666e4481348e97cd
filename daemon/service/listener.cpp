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

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string page(const std::string& organisation, const std::string& title, const std::string& body) {
    return fmt::format(R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{1} – {0}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1.5rem; text-align: center }}
button {{ font: inherit; padding: .7rem 1.6rem; border: 0; border-radius: .5rem; background: #1a56b0; color: #fff; cursor: pointer }}
button:focus-visible {{ outline: 3px solid #f5a623; outline-offset: 2px }}
p.from {{ opacity: .7; font-size: .9rem; margin-top: 3rem }}
</style></head><body><main><h1>{1}</h1>{2}</main><p class="from">{0}</p></body></html>
)",
                       escaped(organisation), escaped(title), body);
}

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

    void unknown(httplib::Response& response) const {
        answer(
            response, 404,
            page(calls.organisation, "This link is not complete",
                 "<p>Please copy the whole link from the email, or answer the email with the word “unsubscribe”.</p>"));
    }

    void ask(const httplib::Request& request, httplib::Response& response) const {
        if (!calls.known(request.matches[1]))
            return unknown(response);
        answer(response, 200,
               page(calls.organisation, "Stop these emails?",
                    "<p>You will get no more emails of this kind from us.</p>"
                    "<form method=\"post\"><button type=\"submit\">Yes, stop them</button></form>"));
    }

    void stop_mail(const httplib::Request& request, httplib::Response& response) const {
        switch (calls.unsubscribe(request.matches[1])) {
        case Unsubscribed::done:
            return answer(response, 200,
                          page(calls.organisation, "Done",
                               "<p>You are unsubscribed. Nothing more will be sent to this address.</p>"));
        case Unsubscribed::bad_token: return unknown(response);
        case Unsubscribed::failed: break;
        }
        // Mail programs try again on 5xx; the person is told the truth.
        answer(response, 503,
               page(calls.organisation, "Please try again",
                    "<p>We could not record this just now. Please try again in a minute.</p>"));
    }

    void routes() {
        server.Get(R"(/u/([A-Za-z0-9_-]{1,128}))",
                   [this](const httplib::Request& q, httplib::Response& r) { ask(q, r); });
        server.Post(R"(/u/([A-Za-z0-9_-]{1,128}))",
                    [this](const httplib::Request& q, httplib::Response& r) { stop_mail(q, r); });
        server.Get("/healthz", [this](const httplib::Request&, httplib::Response& response) {
            const bool healthy = calls.healthy();
            response.status = healthy ? 200 : 503;
            response.set_content(healthy ? "ok\n" : "not ready\n", "text/plain; charset=utf-8");
        });
        server.set_error_handler([this](const httplib::Request&, httplib::Response& response) {
            if (response.body.empty())
                answer(response, response.status, page(calls.organisation, "There is nothing here", ""));
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
