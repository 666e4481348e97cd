// SPDX-License-Identifier: MIT
#include "connectors/smtp_link.hpp"

#include "connectors/curl_handle.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace nurture::connectors {

namespace {

bool our_configuration(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_USE_SSL_FAILED || code == CURLE_LOGIN_DENIED ||
           code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER;
}

bool offers(std::string_view line, std::string_view keyword) {
    line.remove_prefix(std::min<std::size_t>(line.size(), 4));  // "250-" or "250 "
    const auto same = [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; };
    return line.size() >= keyword.size() &&
           std::equal(keyword.begin(), keyword.end(), line.begin(), [&](char k, char l) { return same(l, k); }) &&
           (line.size() == keyword.size() || line[keyword.size()] <= ' ');
}

}  // namespace

struct SmtpLink::Parts {
    explicit Parts(const SmtpConfig& config)
        : wants_login(!config.user.empty()),
          multi(curl_is_ready() ? curl_multi_init() : nullptr, curl_multi_cleanup) {
        if (!multi)
            throw std::runtime_error("libcurl cannot be initialised");
        set_up(config);
        curl_multi_setopt(multi.get(), CURLMOPT_SOCKETFUNCTION, &Parts::on_interest);
        curl_multi_setopt(multi.get(), CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi.get(), CURLMOPT_TIMERFUNCTION, &Parts::on_timer);
        curl_multi_setopt(multi.get(), CURLMOPT_TIMERDATA, this);
        if (curl_multi_add_handle(multi.get(), curl.get()) != CURLM_OK)
            throw std::runtime_error("libcurl cannot be initialised");
        act(CURL_SOCKET_TIMEOUT, 0);
    }
    ~Parts() {
        for (const int fd : sockets)
            shutdown(fd, SHUT_RDWR);  // libcurl, which would say QUIT, cannot
        curl_multi_remove_handle(multi.get(), curl.get());
    }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    void set_up(const SmtpConfig& config) {
        curl.set_house_rules(config.ca_file);
        curl.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl.set(CURLOPT_URL, config.url);
        curl.set(CURLOPT_CONNECT_ONLY, 1L);
        curl.set(CURLOPT_USE_SSL,
                 static_cast<long>(config.starttls == StartTls::required ? CURLUSESSL_ALL : CURLUSESSL_NONE));
        if (!config.user.empty()) {
            curl.set(CURLOPT_USERNAME, config.user);
            curl.set(CURLOPT_PASSWORD, config.password);
        }
        curl.set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(config.connect_timeout));
        curl.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(config.connect_timeout));
        curl.set(CURLOPT_WRITEFUNCTION, &Parts::on_reply_line);  // nothing of it belongs on standard output
        curl.set(CURLOPT_HEADERFUNCTION, &Parts::on_reply_line);
        curl.set(CURLOPT_WRITEDATA, this);
        curl.set(CURLOPT_HEADERDATA, this);
        curl.set(CURLOPT_DEBUGFUNCTION, &Parts::on_trace);
        curl.set(CURLOPT_DEBUGDATA, this);
        curl.set(CURLOPT_VERBOSE, 1L);  // so that on_trace sees which command is under way; nothing is printed
        curl.set(CURLOPT_OPENSOCKETFUNCTION, &Parts::on_open);
        curl.set(CURLOPT_OPENSOCKETDATA, this);
        curl.set(CURLOPT_CLOSESOCKETFUNCTION, &Parts::on_close);
        curl.set(CURLOPT_CLOSESOCKETDATA, this);
    }

    void act(curl_socket_t fd, int events) {
        int running = 0;
        curl_multi_socket_action(multi.get(), fd, events, &running);
        int left = 0;
        const CURLMsg* message = curl_multi_info_read(multi.get(), &left);
        if (!message || message->msg != CURLMSG_DONE)
            return;
        result = message->data.result;
        state = result == CURLE_OK ? State::open : State::failed;
        curl.set(CURLOPT_VERBOSE, 0L);
        if (state == State::open && curl_easy_getinfo(curl.get(), CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK)
            state = State::failed;
    }

    void command(std::string_view text) {
        static constexpr std::pair<std::string_view, SmtpStage> k_commands[] = {
            {"EHLO ", SmtpStage::hello},
            {"HELO ", SmtpStage::hello},
            {"STARTTLS\r\n", SmtpStage::tls},
            {"AUTH ", SmtpStage::auth},
        };
        for (const auto& [verb, at] : k_commands)
            if (text.starts_with(verb))
                stage = at;
        if (stage == SmtpStage::hello)
            offer = {};  // what was offered before TLS counts no more
        logged_in |= stage == SmtpStage::auth;
        if (text == "QUIT\r\n") {
            quitting = true;
            // libcurl, having given up, waits up to two minutes for the answer. It is of no interest.
            for (const int fd : sockets)
                shutdown(fd, SHUT_RD);
        }
    }

    void reply_line(std::string_view text) {
        if (quitting)
            return;  // no answer to anything of ours
        replies.line(text);
        if (stage == SmtpStage::hello && text.starts_with("250")) {
            offer.pipelining |= offers(text, "PIPELINING");
            offer.smtputf8 |= offers(text, "SMTPUTF8");
        }
    }

    static std::size_t on_reply_line(char* text, std::size_t size, std::size_t count, void* self) {
        static_cast<Parts*>(self)->reply_line({text, size * count});
        return size * count;
    }
    static int on_trace(CURL*, curl_infotype type, char* text, std::size_t size, void* self) {
        if (type == CURLINFO_HEADER_OUT)
            static_cast<Parts*>(self)->command({text, size});
        return 0;
    }
    static int on_interest(CURL*, curl_socket_t fd, int what, void* self, void*) {
        auto& interest = static_cast<Parts*>(self)->interest;
        if (what == CURL_POLL_REMOVE)
            interest.erase(fd);
        else
            interest[fd] =
                static_cast<short>(((what & CURL_POLL_IN) ? POLLIN : 0) | ((what & CURL_POLL_OUT) ? POLLOUT : 0));
        return 0;
    }
    static int on_timer(CURLM*, long milliseconds, void* self) {
        auto& timer = static_cast<Parts*>(self)->timer;
        timer.reset();
        if (milliseconds >= 0)
            timer = Clock::now() + std::chrono::milliseconds(milliseconds);
        return 0;
    }
    static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address) {
        const int fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
        if (fd >= 0)
            static_cast<Parts*>(self)->sockets.push_back(fd);
        return fd;
    }
    static int on_close(void* self, curl_socket_t fd) {
        std::erase(static_cast<Parts*>(self)->sockets, fd);
        return close(fd);
    }

    const bool wants_login;
    State state = State::connecting;
    CURLcode result = CURLE_OK;
    SmtpStage stage = SmtpStage::connect;
    SmtpReplyReader replies;
    SmtpOffer offer;
    bool logged_in = false;
    bool quitting = false;
    std::map<int, short> interest;  // libcurl's, by socket
    std::optional<Clock::time_point> timer;
    std::vector<int> sockets;  // open ones; two while libcurl races IPv4 against IPv6
    curl_socket_t socket = -1;
    std::array<char, 4096> buffer;
    std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi;
    CurlHandle curl;  // last: its end calls on_close
};

SmtpLink::SmtpLink(const SmtpConfig& config) : parts_(std::make_unique<Parts>(config)) {}
SmtpLink::~SmtpLink() = default;

SmtpLink::State SmtpLink::state() const { return parts_->state; }
int SmtpLink::socket() const { return parts_->socket; }
SmtpOffer SmtpLink::offer() const { return parts_->offer; }
std::optional<SmtpLink::Clock::time_point> SmtpLink::timer() const { return parts_->timer; }

void SmtpLink::wanted(std::vector<pollfd>& waiting) const {
    for (const auto& [fd, events] : parts_->interest)
        waiting.push_back({fd, events, 0});
}

void SmtpLink::proceed(const pollfd* first, const pollfd* last) {
    bool any = false;
    for (; first != last && state() == State::connecting; ++first) {
        if (first->revents == 0)
            continue;
        any = true;
        parts_->act(first->fd, ((first->revents & POLLIN) ? CURL_CSELECT_IN : 0) |
                                   ((first->revents & POLLOUT) ? CURL_CSELECT_OUT : 0) |
                                   ((first->revents & (POLLERR | POLLHUP)) ? CURL_CSELECT_ERR : 0));
    }
    if (!any && parts_->timer && *parts_->timer <= Clock::now())
        parts_->act(CURL_SOCKET_TIMEOUT, 0);
}

SmtpFacts SmtpLink::facts() const {
    SmtpFacts facts;
    facts.stage = parts_->stage;
    facts.reply = parts_->replies.last();
    // libcurl goes on without AUTH where the relay offers none; the refusals that follow are not the recipients' fault.
    const bool skipped_login = state() == State::open && parts_->wants_login && !parts_->logged_in;
    facts.credentials_wrong = our_configuration(parts_->result) || skipped_login;
    return facts;
}

std::optional<std::size_t> SmtpLink::write(std::string_view bytes) {
    std::size_t sent = 0;
    const CURLcode code = curl_easy_send(parts_->curl.get(), bytes.data(), bytes.size(), &sent);
    if (code == CURLE_OK || code == CURLE_AGAIN)
        return code == CURLE_OK ? sent : 0;
    return std::nullopt;
}

std::optional<std::string_view> SmtpLink::read() {
    std::size_t got = 0;
    const CURLcode code = curl_easy_recv(parts_->curl.get(), parts_->buffer.data(), parts_->buffer.size(), &got);
    if (code == CURLE_AGAIN)
        return std::string_view();
    if (code != CURLE_OK || got == 0)
        return std::nullopt;
    return std::string_view(parts_->buffer.data(), got);
}

void SmtpLink::quit() { write("QUIT\r\n"); }

}  // namespace nurture::connectors
