// SPDX-License-Identifier: MIT
//
// The connectors from the command line, for tests against real peers and independent parsers.
//   connector_tool send CONFIG.json    jobs on standard input, one JSON object a line; outcomes on standard output
//   connector_tool mime                messages on standard input; each one's wire form on standard output, as a JSON
//   string
//   connector_tool sign                calls of Twilio's on standard input; the signature of each on standard output
// Every job is released at once, as the outbox does after T2; "hold": true is refused instead.
#include "connectors/factory.hpp"
#include "connectors/mime.hpp"
#include "connectors/sms/twilio.hpp"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <string>

using namespace nurture::connectors;
using nlohmann::json;

namespace {

EmailMessage email_of(const json& j) {
    EmailMessage m;
    m.from = {j.value("from_name", ""), j.value("from", "")};
    m.to = {j.value("to_name", ""), j.value("to", "")};
    m.envelope_from = j.value("envelope_from", "");
    m.subject = j.value("subject", "");
    m.plain = j.value("plain", "");
    m.html = j.value("html", "");
    m.message_id = j.value("message_id", "<1@lonestar.example>");
    m.in_reply_to = j.value("in_reply_to", "");
    m.references = j.value("references", std::vector<std::string>{});
    m.unsubscribe_url = j.value("unsubscribe_url", "");
    m.unsubscribe_mailto = j.value("unsubscribe_mailto", "");
    m.date = j.value("date", std::int64_t{0});
    return m;
}

Job job_of(const json& j, JobId id) {
    Job job;
    job.id = id;
    job.file_stem = j.value("file_stem", "message-" + std::to_string(id));
    if (j.contains("text")) {
        job.channel = Channel::sms;
        job.sms = {.sender = j.value("sender", ""),
                   .to = j.value("to", ""),
                   .text = j.value("text", ""),
                   .ucs2 = j.value("ucs2", false),
                   .report_url = j.value("report_url", "")};
    } else {
        job.email = email_of(j);
    }
    return job;
}

ConnectorConfig config_of(const json& j) {
    ConnectorConfig config;
    config.kind = j.value("kind", "smtp");
    config.url = j.value("url", "");
    config.directory = j.value("directory", "");
    config.starttls = j.value("starttls", "required") == "never" ? StartTls::never : StartTls::required;
    config.user = j.value("user", "");
    config.password = j.value("password", "");
    config.ca_file = j.value("ca_file", "");
    config.connections = j.value("connections", 8);
    config.reply_timeout = j.value("reply_timeout", config.reply_timeout);
    config.connect_timeout = j.value("connect_timeout", config.connect_timeout);
    return config;
}

/// Answers like an outbox whose commits take no time, and collects.
class ToolGate final : public Gate {
public:
    void ready(JobId id) override {
        std::lock_guard lock(mutex_);
        asked_.insert(id);
        connector->release(id, !held.contains(id));
    }
    void done(JobId id, Outcome outcome) override {
        std::lock_guard lock(mutex_);
        outcomes_.emplace(id, std::move(outcome));
        changed_.notify_all();
    }
    void wait_below(std::size_t submitted, std::size_t capacity) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return submitted - outcomes_.size() < capacity; });
    }
    bool asked(JobId id) const { return asked_.contains(id); }
    const std::multimap<JobId, Outcome>& outcomes() const { return outcomes_; }

    Connector* connector = nullptr;
    std::set<JobId> held;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<JobId> asked_;
    std::multimap<JobId, Outcome> outcomes_;
};

constexpr const char* k_answers[] = {"accepted", "deferred", "rejected", "in_doubt", "refused"};
constexpr const char* k_blames[] = {"none",           "address_dead", "opted_out",   "bare_550",   "mailbox_full",
                                    "rate_or_policy", "content",      "credentials", "connection", "no_smtputf8"};

int send(const std::string& config_file) {
    std::ifstream file(config_file);
    ToolGate gate;
    std::string problem;
    auto connector = make_connector(config_of(json::parse(file)), gate, problem);
    if (!connector) {
        std::cerr << problem << '\n';
        return 1;
    }
    gate.connector = connector.get();
    std::vector<Job> jobs;
    for (std::string line; std::getline(std::cin, line);) {
        json j = json::parse(line);
        jobs.push_back(job_of(j, jobs.size() + 1));
        if (j.value("hold", false))
            gate.held.insert(jobs.size());
    }
    std::size_t submitted = 0;
    for (Job& job : jobs) {
        gate.wait_below(submitted, static_cast<std::size_t>(connector->capacity()));
        ++submitted;
        connector->submit(std::move(job));
    }
    gate.wait_below(submitted, 1);
    connector->stop();
    for (const auto& [id, outcome] : gate.outcomes())
        std::cout << json{{"id", id},
                          {"answer", k_answers[static_cast<int>(outcome.answer)]},
                          {"blame", k_blames[static_cast<int>(outcome.blame)]},
                          {"code", outcome.code},
                          {"enhanced", outcome.enhanced},
                          {"remote_id", outcome.remote_id},
                          {"asked", gate.asked(id)}}
                         .dump()
                  << '\n';
    return 0;
}

int mime() {
    for (std::string line; std::getline(std::cin, line);) {
        std::string why;
        auto wire = write_mime(email_of(json::parse(line)), &why);
        // Seven bits by contract; anything else would make dump() throw, which is what a test wants to see.
        std::cout << (wire ? json{{"wire", *wire}} : json{{"refused", why}}).dump() << '\n';
    }
    return 0;
}

int sign() {
    for (std::string line; std::getline(std::cin, line);) {
        const json call = json::parse(line);
        FormFields fields;
        for (const auto& [name, value] : call.at("fields").items())
            fields.emplace_back(name, value.get<std::string>());
        std::cout << twilio_signature(call.at("token").get<std::string>(), call.at("url").get<std::string>(), fields)
                  << '\n';
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::string command = argc > 1 ? argv[1] : "";
    if (command == "send" && argc == 3)
        return send(argv[2]);
    if (command == "mime" && argc == 2)
        return mime();
    if (command == "sign" && argc == 2)
        return sign();
    std::cerr << "usage: connector_tool send CONFIG.json | mime | sign\n";
    return 2;
}
