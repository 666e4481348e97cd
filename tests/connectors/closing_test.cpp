// SPDX-License-Identifier: MIT
// Connectors that get no more jobs while a relay still thinks about its last answer.
#include "connectors/sms/gateway.hpp"
#include "connectors/sms/kannel.hpp"
#include "connectors/smtp.hpp"

#include "tests/connectors/names.hpp"
#include "tests/connectors/recording_gate.hpp"
#include "tests/connectors/toy_server.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <string>

using namespace nurture::connectors;
using nurture::test::Peer;
using nurture::test::RecordingGate;
using nurture::test::ToyServer;

namespace {

Job mail(JobId id) {
    Job job;
    job.id = id;
    job.email.from.address = job.email.envelope_from = "dana.wu@lonestar.example";
    job.email.to.address = "ana.ruiz@mail.example";
    job.email.subject = "Hello";
    job.email.plain = "Hi Ana\n";
    job.email.message_id = "<1@lonestar.example>";
    return job;
}

Job text(JobId id) {
    Job job;
    job.id = id;
    job.channel = Channel::sms;
    job.sms = {.sender = "10000", .to = "+12145550142", .text = "Hi Ana", .ucs2 = false};
    return job;
}

/// The first has been let go and its relay thinks; the second has not.
void close_while_it_thinks(Connector& connector, RecordingGate& gate, std::promise<void>& answer) {
    connector.close();  // a connector that waited here would wait for ever
    CHECK(gate.outcome(2).answer == Answer::refused);
    CHECK(gate.outcomes(1) == 0);
    answer.set_value();
    CHECK(gate.outcome(1).answer == Answer::accepted);
    CHECK(gate.outcomes(2) == 1);
}

}  // namespace

TEST_CASE("closing mail does not wait for the relay's last answer, and the answer still comes") {
    std::promise<void> answer;
    const std::shared_future<void> answered = answer.get_future().share();
    ToyServer relay([&](Peer& peer) {
        peer.say("220 toy\r\n");
        for (std::string command; !(command = peer.line()).empty();) {
            peer.say(command == "DATA" ? "354 go\r\n" : "250 ok\r\n");
            if (command == "DATA" && !peer.until("\r\n.\r\n").empty()) {
                answered.wait();
                peer.say("250 2.0.0 Ok: queued as 4Xy\r\n");
            }
        }
    });
    RecordingGate gate;
    SmtpConfig config;
    config.url = "smtp://127.0.0.1:" + std::to_string(relay.port());
    config.starttls = StartTls::never;
    config.connections = 2;
    auto smtp = make_smtp(config, gate);
    for (const JobId id : {1, 2})
        smtp->submit(mail(id));
    gate.wait_for_ready(1);
    gate.wait_for_ready(2);
    smtp->release(1, true);
    close_while_it_thinks(*smtp, gate, answer);
}

TEST_CASE("closing a gateway does not wait for its last answer, and the answer still comes") {
    std::promise<void> answer;
    const std::shared_future<void> answered = answer.get_future().share();
    ToyServer server([&](Peer& peer) {
        if (peer.until("\r\n\r\n").empty())
            return;
        answered.wait();
        peer.say("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n0:");
    });
    RecordingGate gate;
    GatewayConfig config;
    config.url = "http://127.0.0.1:" + std::to_string(server.port());
    auto gateway = make_gateway(k_kannel, config, gate);
    for (const JobId id : {1, 2})
        gateway->submit(text(id));
    gate.wait_for_ready(1);
    gateway->release(1, true);
    close_while_it_thinks(*gateway, gate, answer);
}
