#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Relays that refuse, drop, hang and talk nonsense at every stage, and what we say became of the message. A message is in
doubt when, and only when, the relay may have it. Usage: smtp_against_faults.py CONNECTOR_TOOL"""

import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from peers import PATIENCE, FakeRelay, Report, SmtpSink, send, verdict  # noqa: E402

JOB = {"from": "dana.wu@lonestar.example", "to": "ana.ruiz@mail.example", "subject": "Hello", "plain": "Hi Ana\n"}
STAGES = ["connect", "EHLO", "MAIL", "RCPT", "DATA"]  # before anything of the message is out

SINK = [  # postfix's smtp-sink with these flags gives that
    (["-r", "RCPT"], "deferred none"),
    (["-f", "RCPT"], "rejected none"),
    (["-f", "RCPT", "-B", "550 5.1.1 no such user"], "rejected address_dead"),
    (["-r", "MAIL"], "deferred connection"),
    (["-f", "MAIL"], "deferred credentials"),
    (["-r", "DATA"], "deferred none"),
    (["-r", "."], "deferred none"),
    (["-r", ".", "-b", "451 4.7.1 slow down"], "deferred rate_or_policy"),
    (["-f", ".", "-B", "554 5.6.0 malformed"], "rejected content"),
    (["-r", "CONNECT"], "deferred connection"),
    (["-f", "CONNECT"], "deferred connection"),
    (["-q", "CONNECT"], "deferred connection"),
    (["-q", "RCPT"], "deferred connection"),
    (["-q", "DATA"], "deferred connection"),
    (["-q", "."], "in_doubt connection"),
    (["-Q", "RCPT"], "deferred rate_or_policy"),
    (["-Q", "."], "deferred rate_or_policy"),
    (["-W", ".:1"], "accepted none"),
    (["-p", "-W", "RCPT:1"], "accepted none"),
    (["-W", "RCPT:1"], "deferred connection"),  # it says 503 to the DATA that came with RCPT: out of step, not refused
    (["-r", "RCPT", "-b", "452 4.2.2 full"], "deferred mailbox_full"),
]


def one(tool, relay, **change):
    config = {"url": f"smtp://127.0.0.1:{relay.port}", "starttls": "never", "connections": 1, "reply_timeout": 2, "connect_timeout": 3}
    outcome = send(tool, config | change, [JOB])[1]
    return verdict(outcome), outcome["asked"]


def sinks(tool, report):
    for flags, wanted in SINK:
        with SmtpSink(*flags) as sink:
            report.check(f"smtp-sink {' '.join(flags)}", one(tool, sink, reply_timeout=20)[0], wanted)


def fake(tool, report, sentence, misbehave, wanted, bodies=None):
    with FakeRelay(misbehave) as relay:
        got, asked = one(tool, relay)
        report.check(sentence, got, wanted)
        if bodies is not None:
            report.check(f"{sentence}: messages that the relay has", len(relay.bodies), bodies)


def at(stage, action):
    return lambda now, connection: action(connection) if now == stage else None


def stages(tool, report):
    def hang(connection):
        threading.Event().wait(PATIENCE)

    for stage in STAGES:
        fake(tool, report, f"a relay that hangs at {stage} has not got the message", at(stage, hang), "deferred connection", 0)
        fake(tool, report, f"a relay that resets at {stage} has not got the message", at(stage, FakeRelay.reset), "deferred connection", 0)
        fake(tool, report, f"a relay that talks nonsense at {stage} has not got the message",
             at(stage, lambda c: b"\xff\xfe nonsense\r\n" * 3), "deferred connection", 0)
    def dribble(connection):
        while True:  # a line that never ends, in time for every time-out that looks at single octets
            connection.sendall(b"250-and so on\r\n")
            time.sleep(0.3)

    for stage in ["EHLO", "MAIL", "RCPT", "DATA"]:
        fake(tool, report, f"a relay that goes on and on at {stage} has not got the message", at(stage, dribble), "deferred connection", 0)
    fake(tool, report, "a relay that goes on and on after the final dot may have it", at(".", dribble), "in_doubt connection", 1)
    fake(tool, report, "a relay that hangs after the final dot may have it", at(".", hang), "in_doubt connection", 1)
    fake(tool, report, "a relay that resets after the final dot may have it", at(".", FakeRelay.reset), "in_doubt connection", 1)


class SlowReader(FakeRelay):
    """Takes a message a little at a time, so that every write of ours gets somewhere."""

    def serve(self, connection):
        try:
            self.say("connect", connection)
            while verb := connection.recv(4096).split(b" ")[0].strip().decode():
                self.say(verb, connection)
                while verb == "DATA":
                    time.sleep(0.2)
                    if not connection.recv(500_000):
                        return
        except OSError:
            pass


def slow_text(tool, report):
    text = ("a line of a long text " * 3 + "\n") * 400_000
    with SlowReader() as relay:
        config = {"url": f"smtp://127.0.0.1:{relay.port}", "starttls": "never", "connections": 1, "reply_timeout": 2}
        report.check("a relay that takes a text drop by drop has not got the message", verdict(send(tool, config, [JOB | {"plain": text}])[1]),
                     "deferred connection")


def last_words(tool, report):
    def say_and_close(words):
        def action(connection):
            connection.sendall(words)
            connection.close()
            raise OSError
        return action

    for words, wanted in [
        (b"", "in_doubt connection"), (b"25", "in_doubt connection"), (b"250", "in_doubt connection"), (b"250-more\r\n", "in_doubt connection"),
        (b"OK\r\n", "in_doubt connection"), (b"\x00\x00\x00\r\n", "in_doubt connection"), (b"250\r\n", "accepted none"),
        (b"250 " + b"x" * 60000 + b"\r\n", "accepted none"), (b"354 go on\r\n", "in_doubt connection"), (b"421 4.3.2 bye\r\n", "deferred rate_or_policy"),
        (b"x" * 10_000_000 + b"\r\n", "in_doubt connection"), (b"550 5.7.1 " + b"y" * 2000 + b"\r\n", "rejected rate_or_policy"),
    ]:
        fake(tool, report, f"after the final dot: {words[:30]!r} and gone", at(".", say_and_close(words)), wanted, 1)


def beside_each_other(tool, report):
    """The relay answers the first message only when it has the second one whole: nobody may wait for another's reply."""
    second = threading.Event()
    lock, seen = threading.Lock(), []

    def misbehave(stage, connection):
        if stage != ".":
            return None
        with lock:
            seen.append(connection)
            first = len(seen) == 1
        if first:
            second.wait(PATIENCE)
        else:
            second.set()
        return None

    with FakeRelay(misbehave) as relay:
        config = {"url": f"smtp://127.0.0.1:{relay.port}", "starttls": "never", "connections": 2, "reply_timeout": 20}
        outcomes = send(tool, config, [JOB, JOB | {"message_id": "<2@lonestar.example>"}])
        report.check("a relay that is slow with one message holds up no other", [verdict(o) for o in outcomes.values()], ["accepted none"] * 2)
        report.check("and it did wait for the second", second.is_set(), True)


def wires(tool, report):
    """What a raw sink gets to read, for addresses that try to say more."""
    lines = []

    def listen(stage, connection):
        lines.append(stage)

    for bad in ["ana@mail.example>\r\nRCPT TO:<eve@mail.example", "ana@mail.example\nDATA", "ana@mail.example\0", "ana ruiz@mail.example"]:
        with FakeRelay(listen) as relay:
            for key in ("to", "from", "envelope_from"):
                config = {"url": f"smtp://127.0.0.1:{relay.port}", "starttls": "never", "connections": 1}
                report.check(f"{key} {bad!r} never reaches a relay", verdict(send(tool, config, [JOB | {key: bad}])[1]), "rejected content")
    report.check("and no connection was made for it", lines, [])


def certificate(directory, name, *, good_for, days):
    """Key and certificate in one file, signed by itself: good for one host name, until so many days from now."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={good_for}",
               "-addext", f"subjectAltName=DNS:{good_for}", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", str(max(days, 1))]
    if days < 0:
        command = ["faketime", f"{-days} days ago", *command]
    subprocess.run(command, cwd=directory, check=True, capture_output=True)
    return pathlib.Path(directory, f"{name}.pem"), pathlib.Path(directory, f"{name}.key")


class TlsRelay(FakeRelay):
    """Speaks TLS from the first octet on."""

    def __init__(self, files, seen):
        super().__init__(lambda stage, connection: seen.append(stage))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*files)

    def serve(self, connection):
        try:
            super().serve(self.context.wrap_socket(connection, server_side=True))
        except (ssl.SSLError, OSError):
            pass


def certificates(tool, report):
    with tempfile.TemporaryDirectory() as directory:
        for sentence, good_for, days, wanted in [
            ("a valid certificate is taken", "localhost", 2, "accepted none"),
            ("a certificate that has expired holds the relay", "localhost", -30, "deferred credentials"),
            ("a certificate for another host holds the relay", "mx.example", 2, "deferred credentials"),
        ]:
            seen = []
            files = certificate(directory, "server", good_for=good_for, days=days)
            with TlsRelay(files, seen) as relay:
                config = {"url": f"smtps://localhost:{relay.port}", "ca_file": str(files[0]), "user": "", "connections": 1, "reply_timeout": 5}
                report.check(sentence, verdict(send(tool, config, [JOB])[1]), wanted)
                report.check(f"{sentence}: messages that the relay has", len(relay.bodies), 1 if wanted.startswith("accepted") else 0)
                report.check(f"{sentence}: what it was told", "MAIL" in seen, wanted.startswith("accepted"))


def stripped(tool, report):
    """Somebody between us and the relay hides STARTTLS, refuses it, or puts words of his own before the handshake."""
    hidden = lambda stage, connection: None
    refused = lambda stage, connection: {"EHLO": b"250-fake\r\n250 STARTTLS\r\n", "STARTTLS": b"454 4.7.0 not now\r\n"}.get(stage)
    injected = lambda stage, connection: {"EHLO": b"250-fake\r\n250 STARTTLS\r\n", "STARTTLS": b"220 go\r\n250 fake\r\n235 welcome\r\n"}.get(stage)
    for sentence, misbehave, wanted in [
        ("a relay that does not offer STARTTLS", hidden, "deferred credentials"),
        ("a relay that refuses STARTTLS for now", refused, "deferred connection"),
        ("a relay that speaks before the handshake", injected, "deferred"),
    ]:
        seen = []

        def note(stage, connection, misbehave=misbehave):
            seen.append(stage)
            return misbehave(stage, connection)

        with FakeRelay(note) as relay:
            config = {"url": f"smtp://127.0.0.1:{relay.port}", "user": "nurtured", "password": "sesame", "connections": 1, "reply_timeout": 2,
                      "connect_timeout": 3}
            got = verdict(send(tool, config, [JOB])[1])
            report.check(f"{sentence} gets no message", got if wanted in got else (got, wanted), got)
            report.check(f"{sentence} gets neither a password nor an address", [s for s in seen if s in ("AUTH", "MAIL", "RCPT")], [])


def environment(tool, report):
    """A proxy of the environment has no say in who gets the mail."""
    with FakeRelay() as relay, FakeRelay() as proxy:
        for name in ("ALL_PROXY", "all_proxy", "smtp_proxy", "http_proxy"):
            os.environ[name] = f"socks5h://127.0.0.1:{proxy.port}"
        got, _ = one(tool, relay)
        for name in ("ALL_PROXY", "all_proxy", "smtp_proxy", "http_proxy"):
            del os.environ[name]
        report.check("a proxy of the environment is not asked", (got, len(relay.bodies), len(proxy.open)), ("accepted none", 1, 0))


def main(tool):
    report = Report()
    for part in (sinks, stages, slow_text, last_words, beside_each_other, wires, certificates, stripped, environment):
        part(tool, report)
    report.end()


main(sys.argv[1])
