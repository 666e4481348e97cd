// SPDX-License-Identifier: MIT
#include "connectors/smtp.hpp"

#include "tests/connectors/names.hpp"
#include "tests/connectors/recording_gate.hpp"
#include "tests/connectors/toy_server.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <mutex>
#include <string>
#include <vector>

using namespace nurture::connectors;
using nurture::test::Peer;
using nurture::test::RecordingGate;
using nurture::test::ToyServer;

namespace {

Job job(JobId id, const std::string& to = "ana.ruiz@mail.example") {
    Job job;
    job.id = id;
    job.email = {.from = {"Dana Wu", "dana.wu@lonestar.example"},
                 .to = {"Ana", to},
                 .envelope_from = "bounces@lonestar.example",
                 .subject = "Hello",
                 .plain = "Hi Ana\n.\nand more\n",
                 .html = "",
                 .message_id = "<1@lonestar.example>",
                 .in_reply_to = "",
                 .references = {},
                 .unsubscribe_url = "",
                 .unsubscribe_mailto = ""};
    return job;
}

/// What a relay would answer; a test changes single words of it.
struct Script {
    std::string greeting = "220 toy\r\n";
    std::string mail = "250 ok\r\n";
    std::string rcpt = "250 ok\r\n";
    std::string data = "354 go\r\n";
    std::string dot = "250 2.0.0 Ok: queued as 4Xy\r\n";
    std::string hello = "250-toy\r\n250 8BITMIME\r\n";
    bool close_after_data = false;
    bool close_after_dot = false;
    bool reset_after_dot = false;
    int messages_per_connection = 100;
};

class Relay {
public:
    explicit Relay(Script script) : script_(std::move(script)), server_([this](Peer& peer) { serve(peer); }) {}

    std::string url() const { return "smtp://127.0.0.1:" + std::to_string(server_.port()); }
    int connections() const { return server_.connections(); }
    std::vector<std::string> bodies() {
        std::lock_guard lock(mutex_);
        return bodies_;
    }
    std::vector<std::string> commands() {
        std::lock_guard lock(mutex_);
        return commands_;
    }
    /// With `close_after_data`: now. Returns when it has happened.
    void hang_up() {
        hang_up_.set_value();
        hung_up_.get_future().wait();
    }

private:
    void serve(Peer& peer) {
        int messages = 0;
        peer.say(script_.greeting);
        for (std::string command; !(command = peer.line()).empty();) {
            note(command);
            if (command.starts_with("EHLO"))
                peer.say(script_.hello);
            else if (command.starts_with("MAIL"))
                peer.say(messages < script_.messages_per_connection ? script_.mail : "421 4.7.0 enough\r\n");
            else if (command.starts_with("RCPT"))
                peer.say(script_.rcpt);
            else if (command == "RSET")
                peer.say("250 ok\r\n");
            else if (command == "DATA")
                ++messages, peer.say(script_.data);
            else
                peer.say("221 bye\r\n");
            if (command == "DATA" && script_.close_after_data) {
                hang_up_.get_future().wait();
                peer.hang_up();
                return hung_up_.set_value();
            }
            if (command == "DATA" && !take_body(peer))
                return;
            if (command == "QUIT" || (command.starts_with("MAIL") && messages >= script_.messages_per_connection))
                return;
        }
    }

    bool take_body(Peer& peer) {
        if (!script_.data.starts_with("354"))
            return true;
        std::string body = peer.until("\r\n.\r\n");
        if (body.empty())
            return false;
        {
            std::lock_guard lock(mutex_);
            bodies_.push_back(body);
        }
        if (script_.reset_after_dot)
            peer.reset();
        if (script_.close_after_dot || script_.reset_after_dot)
            return false;
        peer.say(script_.dot);
        return true;
    }

    void note(const std::string& command) {
        std::lock_guard lock(mutex_);
        commands_.push_back(command);
    }

    Script script_;
    std::mutex mutex_;
    std::vector<std::string> bodies_;
    std::vector<std::string> commands_;
    std::promise<void> hang_up_, hung_up_;
    ToyServer server_;  // last: its threads use all of the above
};

SmtpConfig config(const Relay& relay, int connections = 1) {
    return {.url = relay.url(),
            .starttls = StartTls::never,
            .user = "",
            .password = "",
            .ca_file = "",
            .connections = connections};
}

Outcome send_one(Relay& relay) {
    RecordingGate gate;
    auto smtp = make_smtp(config(relay), gate);
    gate.on_ready = [&](JobId id) { smtp->release(id, true); };
    smtp->submit(job(1));
    Outcome outcome = gate.outcome(1);
    smtp->stop();
    CHECK(gate.outcomes(1) == 1);
    return outcome;
}

}  // namespace

TEST_CASE("a message that the relay takes is accepted with its queue id, byte for byte") {
    Relay relay({});
    Outcome outcome = send_one(relay);
    CHECK(outcome.answer == Answer::accepted);
    CHECK(outcome.code == 250);
    CHECK(outcome.remote_id == "4Xy");
    REQUIRE(relay.bodies().size() == 1);
    CHECK_THAT(relay.bodies()[0], Catch::Contains("\r\n\r\nHi Ana\r\n=2E\r\nand more"));
    CHECK(relay.commands()[1] == "MAIL FROM:<bounces@lonestar.example>");
    CHECK(relay.commands()[2] == "RCPT TO:<ana.ruiz@mail.example>");
}

TEST_CASE("the gate is asked after 354, and until it answers the relay has nothing of the message") {
    Relay relay({});
    RecordingGate gate;
    auto smtp = make_smtp(config(relay), gate);
    smtp->submit(job(7));
    gate.wait_for_ready(7);
    CHECK(relay.commands().back() == "DATA");
    CHECK(relay.bodies().empty());
    CHECK(gate.outcomes(7) == 0);
    smtp->release(7, true);
    CHECK(gate.outcome(7).answer == Answer::accepted);
    CHECK(relay.bodies().size() == 1);
}

TEST_CASE("a message that our own gate refuses never reaches the relay") {
    Relay relay({});
    RecordingGate gate;
    auto smtp = make_smtp(config(relay), gate);
    gate.on_ready = [&](JobId id) { smtp->release(id, false); };
    smtp->submit(job(1));
    CHECK(gate.outcome(1).answer == Answer::refused);
    smtp->stop();
    CHECK(relay.bodies().empty());
}

TEST_CASE("a relay that hangs up while we wait for the commit has certainly not got the message") {
    Script script;
    script.close_after_data = true;
    Relay relay(script);
    RecordingGate gate;
    auto smtp = make_smtp(config(relay), gate);
    smtp->submit(job(1));
    gate.wait_for_ready(1);
    relay.hang_up();
    smtp->release(1, true);
    Outcome outcome = gate.outcome(1);
    CHECK(outcome.answer == Answer::deferred);
    CHECK(outcome.blame == Blame::connection);
}

TEST_CASE("a relay that vanishes after the final dot leaves the message in doubt") {
    Script script;
    script.close_after_dot = GENERATE(true, false);
    script.reset_after_dot = !script.close_after_dot;
    Relay relay(script);
    CHECK(send_one(relay).answer == Answer::in_doubt);
    CHECK(relay.bodies().size() == 1);
}

TEST_CASE("garbage or half a reply after the final dot is doubt, a whole one is an answer") {
    auto [dot, answer] = GENERATE(table<std::string, Answer>({
        {"what?\r\n", Answer::in_doubt},
        {"250-and then\r\n", Answer::in_doubt},
        {"25", Answer::in_doubt},
        {"451 4.3.0 later\r\n", Answer::deferred},
        {"550 5.1.1 gone\r\n", Answer::rejected},
        {"250-first\r\n250 2.0.0 then\r\n", Answer::accepted},
    }));
    CAPTURE(dot);
    // A relay that falls silent is cut off: the connection ends after what it said.
    ToyServer toy([dot = dot](Peer& peer) {
        peer.say("220 toy\r\n");
        for (std::string command; !(command = peer.line()).empty();) {
            if (command == "DATA") {
                peer.say("354 go\r\n");
                peer.until("\r\n.\r\n");
                peer.say(dot);
                return;
            }
            peer.say("250 ok\r\n");
        }
    });
    RecordingGate gate;
    auto smtp = make_smtp({.url = "smtp://127.0.0.1:" + std::to_string(toy.port()),
                           .starttls = StartTls::never,
                           .user = "",
                           .password = "",
                           .ca_file = "",
                           .connections = 1},
                          gate);
    gate.on_ready = [&](JobId id) { smtp->release(id, true); };
    smtp->submit(job(1));
    CHECK(gate.outcome(1).answer == answer);
}

TEST_CASE("a refused recipient never gets as far as the gate") {
    Script script;
    script.rcpt = "550 5.1.1 no such user\r\n";
    Relay relay(script);
    RecordingGate gate;
    auto smtp = make_smtp(config(relay), gate);
    smtp->submit(job(1));
    Outcome outcome = gate.outcome(1);
    CHECK(outcome.answer == Answer::rejected);
    CHECK(outcome.blame == Blame::address_dead);
    CHECK(outcome.enhanced == "5.1.1");
    CHECK(gate.asked().empty());
}

TEST_CASE("a refused recipient costs the next message neither its connection nor its place") {
    Script script;
    script.hello = GENERATE("250 toy\r\n", "250-toy\r\n250 PIPELINING\r\n");
    script.mail = script.rcpt = "550 5.1.1 no such user\r\n";
    script.data = "503 5.5.1 no recipients\r\n";
    Relay relay(script);
    RecordingGate gate;
    auto smtp = make_smtp(config(relay), gate);
    for (JobId id = 1; id <= 3; ++id) {
        smtp->submit(job(id));
        CHECK(gate.outcome(id).enhanced == "5.1.1");
    }
    CHECK(relay.connections() == 1);
}

TEST_CASE("messages follow each other on one connection") {
    Relay relay({});
    RecordingGate gate;
    auto smtp = make_smtp(config(relay), gate);
    gate.on_ready = [&](JobId id) { smtp->release(id, true); };
    for (JobId id = 1; id <= 5; ++id) {
        smtp->submit(job(id));
        CHECK(gate.outcome(id).answer == Answer::accepted);
    }
    CHECK(relay.connections() == 1);
    CHECK(relay.bodies().size() == 5);
}

TEST_CASE("a relay that has enough of a connection gets the next message on a new one, without a back-off") {
    Script script;
    script.messages_per_connection = 2;
    Relay relay(script);
    RecordingGate gate;
    auto smtp = make_smtp(config(relay), gate);
    gate.on_ready = [&](JobId id) { smtp->release(id, true); };
    for (JobId id = 1; id <= 5; ++id) {
        smtp->submit(job(id));
        CHECK(gate.outcome(id).answer == Answer::accepted);
    }
    CHECK(relay.connections() == 3);
    CHECK(relay.bodies().size() == 5);
}

TEST_CASE("as many messages are under way at once as there are connections") {
    Relay relay({});
    RecordingGate gate;
    auto smtp = make_smtp(config(relay, 4), gate);
    CHECK(smtp->capacity() == 4);
    for (JobId id = 1; id <= 4; ++id)
        smtp->submit(job(id));
    for (JobId id = 1; id <= 4; ++id)
        gate.wait_for_ready(id);
    CHECK(relay.bodies().empty());
    for (JobId id = 1; id <= 4; ++id)
        smtp->release(id, true);
    for (JobId id = 1; id <= 4; ++id)
        CHECK(gate.outcome(id).answer == Answer::accepted);
}

TEST_CASE("stopping finishes what was released and sends nothing else") {
    Relay relay({});
    RecordingGate gate;
    auto smtp = make_smtp(config(relay, 2), gate);
    for (JobId id = 1; id <= 6; ++id)
        smtp->submit(job(id));
    gate.wait_for_ready(1);
    gate.wait_for_ready(2);
    smtp->release(1, true);
    smtp->stop();
    CHECK(gate.outcome(1).answer == Answer::accepted);
    for (JobId id = 2; id <= 6; ++id) {
        CHECK(gate.outcomes(id) == 1);
        CHECK(gate.outcome(id).answer == Answer::refused);
    }
    CHECK(relay.bodies().size() == 1);
}

TEST_CASE("an address with a line end in it is refused before anything is connected") {
    Relay relay({});
    RecordingGate gate;
    auto smtp = make_smtp(config(relay), gate);
    smtp->submit(job(1, "ana@mail.example>\r\nRCPT TO:<eve@mail.example"));
    CHECK(gate.outcome(1).answer == Answer::rejected);
    CHECK(gate.outcome(1).blame == Blame::content);
    CHECK(relay.connections() == 0);
}

TEST_CASE("a relay without STARTTLS gets no message and no password where STARTTLS is required") {
    Relay relay({});
    RecordingGate gate;
    SmtpConfig required = config(relay);
    required.starttls = StartTls::required;
    required.user = "nurtured";
    required.password = "secret";
    auto smtp = make_smtp(required, gate);
    smtp->submit(job(1));
    Outcome outcome = gate.outcome(1);
    CHECK(outcome.answer == Answer::deferred);
    CHECK(outcome.blame == Blame::credentials);
    CHECK(gate.asked().empty());
    for (const std::string& command : relay.commands())
        CHECK_FALSE(command.starts_with("AUTH"));
}

TEST_CASE("a relay that nobody runs is a connection problem, not a person's") {
    std::string url;
    {
        Relay gone({});
        url = gone.url();
    }
    RecordingGate gate;
    auto smtp = make_smtp({.url = url, .starttls = StartTls::never, .user = "", .password = "", .ca_file = ""}, gate);
    smtp->submit(job(1));
    CHECK(gate.outcome(1).answer == Answer::deferred);
    CHECK(gate.outcome(1).blame == Blame::connection);
}
