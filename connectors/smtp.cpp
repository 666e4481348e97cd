// SPDX-License-Identifier: MIT
#include "connectors/smtp.hpp"

#include "connectors/address.hpp"
#include "connectors/curl_handle.hpp"
#include "connectors/mime.hpp"
#include "connectors/smtp_reply.hpp"
#include "connectors/transfer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace nurture::connectors {

namespace {

// The relay waits for the first line of the message; RFC 5321 4.5.3.2.5 lets it give up after three minutes.
constexpr std::chrono::seconds k_release_limit{150};

int local_port(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return -1;
    // The port stands at the same place for both families.
    return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

/// Has the relay hung up, or said something that nobody asked for? Either way it is not listening to a message.
bool peer_gone(int fd) {
    char byte = 0;
    ssize_t got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got >= 0 || errno != EAGAIN;
}

bool network_trouble(CURLcode code) {
    return code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
           code == CURLE_WEIRD_SERVER_REPLY;
}

bool our_configuration(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_USE_SSL_FAILED || code == CURLE_LOGIN_DENIED ||
           code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER;
}

class SmtpTransfer final : public Transfer {
public:
    explicit SmtpTransfer(std::shared_ptr<const SmtpConfig> config) : config_(std::move(config)) {}
    ~SmtpTransfer() override { SmtpTransfer::rest(); }
    SmtpTransfer(const SmtpTransfer&) = delete;
    SmtpTransfer& operator=(const SmtpTransfer&) = delete;

    Outcome run(const Job& job, Permit& permit) override {
        auto wire = write_mime(job.email);
        auto to = EmailAddress::parse(job.email.to.address);
        auto from =
            EmailAddress::parse(job.email.envelope_from.empty() ? job.email.from.address : job.email.envelope_from);
        if (!wire || !to || !from)
            return Outcome{.answer = Answer::rejected, .blame = Blame::content};
        attempt_ = Attempt{.wire = *wire, .permit = &permit};
        CURLcode code = perform(*from, *to, false);
        if (stale_connection(code)) {
            attempt_ = Attempt{.wire = *wire, .permit = &permit};
            code = perform(*from, *to, true);
        }
        SmtpFacts known = facts(code);
        attempt_ = {};
        return classify(known);
    }

    void rest() override {
        stop_listening();
        curl_.reset();
        authenticated_ = false;
    }

private:
    struct Attempt {
        std::string_view wire;
        Permit* permit = nullptr;
        bool asked = false;
        bool released = false;
        bool peer_lost = false;
        bool body_ended = false;
        bool over = false;
        SmtpStage stage = SmtpStage::connect;
        SmtpReplyReader replies = {};
        std::size_t sent = 0;
    };

    CURLcode perform(const EmailAddress& from, const EmailAddress& to, bool fresh) {
        if (!curl_)
            set_up();
        std::unique_ptr<curl_slist, void (*)(curl_slist*)> recipients(
            curl_slist_append(nullptr, ('<' + to.wire() + '>').c_str()), curl_slist_free_all);
        curl_->set(CURLOPT_MAIL_FROM, '<' + from.wire() + '>');
        curl_->set(CURLOPT_MAIL_RCPT, recipients.get());
        curl_->set(CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
        CURLcode code = curl_->perform();
        curl_->set(CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
        return code;
    }

    void set_up() {
        curl_.emplace();
        curl_->set_house_rules(config_->ca_file);
        curl_->set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_->set(CURLOPT_URL, config_->url);
        curl_->set(CURLOPT_USE_SSL,
                   static_cast<long>(config_->starttls == StartTls::required ? CURLUSESSL_ALL : CURLUSESSL_NONE));
        if (!config_->user.empty()) {
            curl_->set(CURLOPT_USERNAME, config_->user);
            curl_->set(CURLOPT_PASSWORD, config_->password);
        }
        curl_->set(CURLOPT_UPLOAD, 1L);
        curl_->set(CURLOPT_MAXCONNECTS, 1L);
        // Never CURLOPT_TIMEOUT or LOW_SPEED: they would run while we wait for the commit.
        curl_->set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(config_->connect_timeout));
        curl_->set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(config_->reply_timeout));
        curl_->set(CURLOPT_READFUNCTION, &SmtpTransfer::on_read);
        curl_->set(CURLOPT_READDATA, this);
        curl_->set(CURLOPT_HEADERFUNCTION, &SmtpTransfer::on_reply_line);
        curl_->set(CURLOPT_HEADERDATA, this);
        curl_->set(CURLOPT_DEBUGFUNCTION, &SmtpTransfer::on_trace);
        curl_->set(CURLOPT_DEBUGDATA, this);
        curl_->set(CURLOPT_VERBOSE, 1L);  // so that on_trace sees which command is under way; nothing is printed
        curl_->set(CURLOPT_OPENSOCKETFUNCTION, &SmtpTransfer::on_open);
        curl_->set(CURLOPT_OPENSOCKETDATA, this);
        curl_->set(CURLOPT_CLOSESOCKETFUNCTION, &SmtpTransfer::on_close);
        curl_->set(CURLOPT_CLOSESOCKETDATA, this);
        curl_->set(CURLOPT_NOPROGRESS, 0L);
        curl_->set(CURLOPT_XFERINFOFUNCTION, &SmtpTransfer::on_progress);
        curl_->set(CURLOPT_XFERINFODATA, this);
    }

    /// A reused connection that the relay had closed, or closes now ("421 too many messages"): nothing has been sent,
    /// so once more on a new one. Without this every idle hour would cost the next message a back-off.
    bool stale_connection(CURLcode code) {
        bool reused = curl_->info(CURLINFO_NUM_CONNECTS) == 0;
        const auto& reply = attempt_.replies.last();
        return reused && !attempt_.asked && !attempt_.permit->stopping() &&
               (reply ? reply->code == 421 : network_trouble(code));
    }

    SmtpFacts facts(CURLcode code) const {
        SmtpFacts facts;
        facts.stage = attempt_.stage;
        facts.body_ended = attempt_.body_ended;
        facts.gate_refused = code == CURLE_ABORTED_BY_CALLBACK && !attempt_.peer_lost;
        // libcurl goes on without AUTH where the relay offers none; the refusals that follow are not the recipients'
        // fault.
        bool skipped_auth = !config_->user.empty() && !authenticated_ && attempt_.stage >= SmtpStage::mail;
        facts.credentials_wrong = our_configuration(code) || skipped_auth;
        facts.reply = attempt_.replies.last();
        return facts;
    }

    /// The first call comes after 354: the last moment at which nothing has been sent.
    std::size_t read(char* out, std::size_t room) {
        Attempt& a = attempt_;
        if (!a.asked) {
            a.asked = true;
            a.released = a.permit->ask(k_release_limit);
            if (!a.released)
                return CURL_READFUNC_ABORT;
            // Without this look libcurl would take the whole body for a relay that is no longer there, and the message
            // would be in doubt for nothing.
            a.peer_lost = !connected();
            if (a.peer_lost)
                return CURL_READFUNC_ABORT;
        }
        std::size_t size = std::min(room, a.wire.size() - a.sent);
        std::memcpy(out, a.wire.data() + a.sent, size);
        a.sent += size;
        if (size == 0) {
            a.body_ended = true;
            a.stage = SmtpStage::body;
        }
        return size;
    }

    bool connected() {
        long port = curl_->info(CURLINFO_LOCAL_PORT);
        return std::any_of(sockets_.begin(), sockets_.end(),
                           [&](int fd) { return local_port(fd) == port && !peer_gone(fd); });
    }

    /// libcurl says QUIT and waits for the answer, up to two minutes, after a time-out for ten more. It is of no
    /// interest.
    void stop_listening() {
        for (int fd : sockets_)
            shutdown(fd, SHUT_RD);
    }

    void command(std::string_view text) {
        static constexpr std::pair<std::string_view, SmtpStage> k_commands[] = {
            {"EHLO ", SmtpStage::hello},   {"HELO ", SmtpStage::hello},     {"STARTTLS\r\n", SmtpStage::tls},
            {"AUTH ", SmtpStage::auth},    {"MAIL FROM:", SmtpStage::mail}, {"RCPT TO:", SmtpStage::rcpt},
            {"DATA\r\n", SmtpStage::data},
        };
        for (const auto& [verb, stage] : k_commands)
            if (text.starts_with(verb)) {
                attempt_.stage = stage;
                authenticated_ |= stage == SmtpStage::auth;
            }
        if (text == "QUIT\r\n") {
            attempt_.over = true;  // what comes now is no answer to the message
            stop_listening();
        }
    }

    static std::size_t on_read(char* out, std::size_t size, std::size_t count, void* self) {
        return static_cast<SmtpTransfer*>(self)->read(out, size * count);
    }
    static std::size_t on_reply_line(char* text, std::size_t size, std::size_t count, void* self) {
        Attempt& a = static_cast<SmtpTransfer*>(self)->attempt_;
        if (!a.over)
            a.replies.line({text, size * count});
        return size * count;
    }
    static int on_trace(CURL*, curl_infotype type, char* text, std::size_t size, void* self) {
        if (type == CURLINFO_HEADER_OUT)
            static_cast<SmtpTransfer*>(self)->command({text, size});
        return 0;
    }
    static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address) {
        auto& transfer = *static_cast<SmtpTransfer*>(self);
        int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
        if (fd >= 0) {
            transfer.sockets_.push_back(fd);
            transfer.authenticated_ = false;
        }
        return fd;
    }
    static int on_close(void* self, curl_socket_t fd) {
        std::erase(static_cast<SmtpTransfer*>(self)->sockets_, fd);
        return close(fd);
    }
    /// Called about once a second. Only an attempt that was not released may be broken off: the status that this gives
    /// makes libcurl drop the connection without a final dot. (curl_multi_remove_handle in its place would send one.)
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        const Attempt& a = static_cast<SmtpTransfer*>(self)->attempt_;
        return !a.asked && a.permit && a.permit->stopping() ? 1 : 0;
    }

    const std::shared_ptr<const SmtpConfig> config_;
    std::vector<int> sockets_;  // open ones; two while libcurl races IPv4 against IPv6
    bool authenticated_ = false;
    Attempt attempt_;
    std::optional<CurlHandle> curl_;  // last: its end calls on_close
};

}  // namespace

std::unique_ptr<Connector> make_smtp(SmtpConfig config, Gate& gate) {
    auto shared = std::make_shared<const SmtpConfig>(std::move(config));
    std::vector<std::unique_ptr<Transfer>> transfers;
    for (int i = 0; i < std::max(1, shared->connections); ++i)
        transfers.push_back(std::make_unique<SmtpTransfer>(shared));
    return make_threaded(shared->url, std::move(transfers), gate);
}

}  // namespace nurture::connectors
