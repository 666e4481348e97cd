// SPDX-License-Identifier: MIT
#include "connectors/sms/gateway.hpp"

#include "connectors/address.hpp"
#include "connectors/curl_handle.hpp"
#include "connectors/mime_text.hpp"
#include "connectors/transfer.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace nurture::connectors {

namespace {

// A gateway's answer is a line or a small JSON object; whatever streams on is cut here.
constexpr std::size_t k_max_answer = 65536;

class GatewayTransfer final : public Transfer {
public:
    GatewayTransfer(const GatewayKind& kind, GatewayConfig config) : kind_(kind), config_(std::move(config)) {}

    Outcome run(const Job& job, Permit& permit) override {
        if (!PhoneNumber::parse(job.sms.to) || !header_text(job.sms.sender) || !body_text(job.sms.text))
            return Outcome{.answer = Answer::rejected, .blame = Blame::content};
        permit_ = &permit;
        asked_ = released_ = false;
        answer_ = {};
        CurlHandle curl;
        prepare(curl, kind_.request(config_, job.sms));
        CURLcode code = curl.perform();
        return outcome(curl, code);
    }

private:
    void prepare(CurlHandle& curl, const GatewayRequest& request) {
        std::string form = encode(curl, request.form);
        curl.set_house_rules(config_.ca_file);
        curl.set(CURLOPT_PROTOCOLS_STR, "http,https");
        curl.set(CURLOPT_URL, request.post ? request.url : request.url + '?' + form);
        if (request.post)
            curl.set(CURLOPT_COPYPOSTFIELDS, form);
        if (request.basic_auth) {
            curl.set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
            curl.set(CURLOPT_USERNAME, config_.user);
            curl.set(CURLOPT_PASSWORD, config_.password);
        }
        // libcurl repeats a request by itself when a reused connection dies: a second SMS.
        curl.set(CURLOPT_FRESH_CONNECT, 1L);
        curl.set(CURLOPT_FORBID_REUSE, 1L);
        curl.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        curl.set(CURLOPT_TIMEOUT, static_cast<long>(config_.answer_timeout + config_.release_timeout));
        curl.set(CURLOPT_PREREQFUNCTION, &GatewayTransfer::on_connected);
        curl.set(CURLOPT_PREREQDATA, this);
        curl.set(CURLOPT_WRITEFUNCTION, &GatewayTransfer::on_body);
        curl.set(CURLOPT_WRITEDATA, this);
        curl.set(CURLOPT_NOPROGRESS, 0L);
        curl.set(CURLOPT_XFERINFOFUNCTION, &GatewayTransfer::on_progress);
        curl.set(CURLOPT_XFERINFODATA, this);
    }

    static std::string encode(CurlHandle& curl, const FormFields& form) {
        std::string out;
        for (const auto& [name, value] : form) {
            char* escaped = curl_easy_escape(curl.get(), value.data(), static_cast<int>(value.size()));
            out += (out.empty() ? "" : "&") + name + '=' + (value.empty() || !escaped ? "" : escaped);
            curl_free(escaped);
        }
        return out;
    }

    Outcome outcome(CurlHandle& curl, CURLcode code) {
        if (!released_) {
            if (asked_ || permit_->stopping())
                return Outcome{.answer = Answer::refused};
            bool certificate = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
            return Outcome{.answer = Answer::deferred, .blame = certificate ? Blame::credentials : Blame::connection};
        }
        // From here on the request may have arrived. An answer that we cut off ourselves counts with what came of it.
        bool cut_off = code == CURLE_WRITE_ERROR && answer_.body.size() == k_max_answer;
        answer_.status = static_cast<int>(curl.info(CURLINFO_RESPONSE_CODE));
        if (code != CURLE_OK && !cut_off)
            return Outcome{.answer = Answer::in_doubt, .blame = Blame::connection, .code = answer_.status};
        curl_off_t wait = 0;
        curl_easy_getinfo(curl.get(), CURLINFO_RETRY_AFTER, &wait);
        answer_.retry_after = static_cast<int>(std::clamp<curl_off_t>(wait, 0, 86400));
        Outcome outcome = kind_.read(answer_);
        outcome.code = answer_.status;
        return outcome;
    }

    /// Connected, TLS done, not a byte of the request sent.
    static int on_connected(void* self, char*, char*, int, int) {
        auto& transfer = *static_cast<GatewayTransfer*>(self);
        transfer.asked_ = true;
        transfer.released_ = transfer.permit_->ask(std::chrono::seconds(transfer.config_.release_timeout));
        return transfer.released_ ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
    }
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) {
        std::string& body = static_cast<GatewayTransfer*>(self)->answer_.body;
        std::size_t taken = std::min(size * count, k_max_answer - body.size());
        body.append(data, taken);
        return taken;  // less than offered ends the transfer
    }
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        auto& transfer = *static_cast<GatewayTransfer*>(self);
        return !transfer.asked_ && transfer.permit_->stopping() ? 1 : 0;
    }

    const GatewayKind kind_;
    const GatewayConfig config_;
    Permit* permit_ = nullptr;
    bool asked_ = false;
    bool released_ = false;
    GatewayAnswer answer_;
};

}  // namespace

std::unique_ptr<Connector> make_gateway(const GatewayKind& kind, GatewayConfig config, Gate& gate) {
    std::string name = std::string(kind.name) + ' ' + config.url;
    std::vector<std::unique_ptr<Transfer>> transfers;
    transfers.push_back(std::make_unique<GatewayTransfer>(kind, std::move(config)));
    return make_threaded(std::move(name), std::move(transfers), gate);
}

}  // namespace nurture::connectors
