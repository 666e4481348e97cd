# SPDX-License-Identifier: MIT
"""Real peers on loopback for the tests: postfix with STARTTLS and AUTH (by dovecot), smtp-sink, a relay that misbehaves
on order, kannel with a fake network behind it. Each keeps everything below a temporary directory of its own, listens on
ports that were free, and stops what it started, by process id. A machine that cannot run one gets exit code 125."""

import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 30  # seconds until a peer that does not come up is a failure; loaded machines are slow


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(125)


def need(*programs, root=False):
    for program in programs:
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/usr/lib/kannel/test"):
            skip(f"{program} is not installed")
    if root and os.geteuid() != 0:
        skip(f"{programs[0]} needs root")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(true, what):
    for _ in range(PATIENCE * 20):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {PATIENCE} s")


def listens(port):
    """Looked up, and not tried: kannel's bearerbox takes whoever connects for a box, and hands it what the box should get."""
    lines = [line.split() for table in ("/proc/net/tcp", "/proc/net/tcp6") if os.path.exists(table)
             for line in pathlib.Path(table).read_text().splitlines()[1:]]
    return any(words[3] == "0A" and int(words[1].rpartition(":")[2], 16) == port for words in lines)  # 0A: LISTEN


class Directory:
    """A temporary directory that a server's own user may enter, and the servers that live in it."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="peer."))
        self.path.chmod(0o755)
        self.processes = []

    def __enter__(self):
        try:
            self.up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.path, ignore_errors=True)

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, *command, log="log"):
        with open(self.path / log, "ab") as out:
            process = subprocess.Popen([str(word) for word in command], cwd=self.path, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.processes.append(process)
        return process

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


class Certificates:
    """A throw-away authority and a server certificate that is good for `localhost` only; for years, because some tests
    live in other ones."""

    def __init__(self, directory):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True)

        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *key, "-days", "3650", "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem")
        openssl("req", *key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
        (directory / "san").write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650",
                "-extfile", "san", "-out", "server.pem")
        self.ca, self.certificate, self.key = directory / "ca.pem", directory / "server.pem", directory / "server.key"


POSTFIX_MAIN = """\
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
multi_instance_name = postfix-test
myhostname = mx.test
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
maillog_file = {base}/maillog
maillog_file_prefixes = {base}
smtpd_tls_cert_file = {certificates.certificate}
smtpd_tls_key_file = {certificates.key}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {base}/dovecot/run/auth-smtp
smtpd_sasl_security_options = noanonymous
smtpd_client_message_rate_limit = 0
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{base}/etc/recipients, permit
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = static:all/
virtual_mailbox_base = {base}/mail
virtual_uid_maps = static:{nobody.pw_uid}
virtual_gid_maps = static:{nobody.pw_gid}
virtual_transport = virtual
smtputf8_enable = {smtputf8}
"""
POSTFIX_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{tls_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""
REFUSALS = """\
full@mail.example 452 4.2.2 Mailbox full
grey@mail.example 450 4.7.1 Greylisted, try again in 60 seconds
unknown@mail.example 550 5.1.1 User unknown
policy@mail.example 554 5.7.1 Message rejected due to content policy
"""
DOVECOT = """\
protocols =
base_dir = {base}/dovecot/run
log_path = {base}/dovecot/log
auth_mechanisms = plain login
ssl = no
default_internal_user = dovecot
default_login_user = dovenull
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/dovecot/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service auth {{
  unix_listener auth-smtp {{
    mode = 0660
    user = postfix
  }}
}}
"""


class Postfix(Directory):
    """Takes mail for anybody at `domains` from `nurtured`, password `opensesame`, over TLS; refuses by REFUSALS."""

    def __init__(self, domains="mail.example", smtputf8=True):
        need("postfix", "dovecot", "openssl", root=True)
        super().__init__()
        base, nobody = self.path, pwd.getpwnam("nobody")
        self.port, self.tls_port = free_port(), free_port()
        certificates = Certificates(base)
        self.ca = str(certificates.ca)
        self.write("etc/main.cf", POSTFIX_MAIN.format(base=base, domains=domains, certificates=certificates, nobody=nobody,
                                                          smtputf8="yes" if smtputf8 else "no"))
        self.write("etc/master.cf", POSTFIX_MASTER.format(port=self.port, tls_port=self.tls_port))
        self.write("etc/recipients", REFUSALS)
        self.write("dovecot/users", "nurtured:{PLAIN}opensesame\n")
        self.config = self.write("dovecot/dovecot.conf", DOVECOT.format(base=base))
        for name in ("queue", "data", "mail"):
            (base / name).mkdir()
        shutil.chown(base / "data", "postfix")
        shutil.chown(base / "mail", "nobody")

    def up(self):
        self.start("dovecot", "-F", "-c", self.config)
        wait_until((self.path / "dovecot/run/auth-smtp").exists, "dovecot's start")
        # postfix's master would keep a pipe of ours open for ever: no output but to a file.
        with open(self.path / "log", "ab") as out:
            subprocess.run(["postfix", "-c", self.path / "etc", "start"], check=True, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        wait_until(lambda: listens(self.port), "postfix's start")

    def stop(self):
        subprocess.run(["postfix", "-c", self.path / "etc", "abort"], stdin=subprocess.DEVNULL, capture_output=True)
        super().stop()

    def received(self):
        return [path.read_bytes() for path in sorted((self.path / "mail/all/new").glob("*"))]

    def wait_for(self, count):
        wait_until(lambda: len(self.received()) >= count, f"the delivery of {count} messages")
        return self.received()


class SmtpSink(Directory):
    """postfix's smtp-sink with flags such as `-f RCPT`."""

    def __init__(self, *flags):
        need("smtp-sink")
        super().__init__()
        self.port, self.flags = free_port(), flags

    def up(self):
        user = ["-u", "postfix"] if os.geteuid() == 0 else []
        self.start("smtp-sink", *user, *self.flags, f"127.0.0.1:{self.port}", "50")
        wait_until(lambda: listens(self.port), "smtp-sink's start")


class FakeRelay:
    """An SMTP server that misbehaves: `misbehave(stage, connection)` is called before each reply (connect, EHLO, MAIL,
    RCPT, DATA, `.`); what it returns is said instead, None keeps the usual words."""

    USUAL = {"connect": b"220 fake\r\n", "EHLO": b"250-fake\r\n250 8BITMIME\r\n", "DATA": b"354 go\r\n", "QUIT": b"221 bye\r\n"}

    def __init__(self, misbehave=lambda stage, connection: None):
        self.misbehave = misbehave
        self.bodies = []
        self.over = threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.server.getsockname()[1]
        self.open = []

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.server.close()
        for connection in self.open:
            connection.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.open.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def say(self, stage, connection):
        words = self.misbehave(stage, connection)
        connection.sendall(self.USUAL.get(stage, b"250 2.0.0 Ok\r\n") if words is None else words)

    def serve(self, connection):
        try:
            lines = connection.makefile("rb")
            self.say("connect", connection)
            for line in lines:
                verb = line.split()[0].decode().upper() if line.split() else ""
                self.say(verb, connection)
                if verb == "DATA":
                    body = []
                    for text in lines:
                        if text == b".\r\n":
                            break
                        body.append(text)
                    else:
                        return
                    self.bodies.append(b"".join(body))
                    self.say(".", connection)
        except OSError:
            pass

    def hang(self):
        self.over.wait(PATIENCE)

    @staticmethod
    def reset(connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        connection.shutdown(socket.SHUT_RD)
        connection.close()
        raise OSError


KANNEL = """\
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = test
smsbox-port = {box}
smsbox-interface = 127.0.0.1
log-file = "{base}/bearerbox.log"
log-level = 1
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
port = {smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-interface = 127.0.0.1
sendsms-port = {port}
log-file = "{base}/smsbox.log"
log-level = 1

group = sendsms-user
username = nurture
password = opensesame
max-messages = 5
concatenation = true

group = sms-service
keyword = default
text = ""
max-messages = 0
"""


class Kannel(Directory):
    """A bearerbox, an smsbox, and fakesmsc as the network: what arrives there is in `arrived()`."""

    def __init__(self):
        need("bearerbox", "smsbox", "fakesmsc")
        super().__init__()
        self.port, self.admin, self.box, self.smsc = free_port(), free_port(), free_port(), free_port()
        self.config = self.write("kannel.conf", KANNEL.format(base=self.path, **vars(self)))

    def up(self):
        self.start("bearerbox", self.config, log="bearerbox.out")
        wait_until(lambda: listens(self.box) and listens(self.smsc), "bearerbox's start")
        fakesmsc = shutil.which("fakesmsc", path=os.environ["PATH"] + ":/usr/lib/kannel/test")
        # Without a message of its own to send it would end at once: one a day.
        self.network = self.start(fakesmsc, "-H", "127.0.0.1", "-r", self.smsc, "-i", "86400", "-m", "2", "12145550100 10000 text hello", log="network.out")
        self.start("smsbox", self.config, log="smsbox.out")
        wait_until(lambda: listens(self.port), "smsbox's start")

    def arrived(self):
        return (self.path / "network.out").read_bytes()


def send(tool, config, jobs):
    """The outcomes of the jobs, by number from 1."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(config, file)
        file.flush()
        done = subprocess.run([tool, "send", file.name], input="".join(json.dumps(job) + "\n" for job in jobs),
                              capture_output=True, text=True, timeout=PATIENCE * 4)
    if done.returncode:
        raise AssertionError(f"connector_tool failed: {done.stdout}{done.stderr}")
    outcomes = {}
    for line in done.stdout.splitlines():
        outcome = json.loads(line)
        assert outcome["id"] not in outcomes, f"two outcomes for one job: {line}"
        outcomes[outcome["id"]] = outcome
    assert len(outcomes) == len(jobs), f"{len(jobs)} jobs, {len(outcomes)} outcomes"
    return outcomes


def verdict(outcome):
    return f"{outcome['answer']} {outcome['blame']}"


class Report:
    """Sentences that hold or do not."""

    def __init__(self):
        self.failed = False

    def check(self, sentence, got, wanted):
        if got == wanted:
            print(f"ok: {sentence}")
        else:
            self.failed = True
            print(f"FAILED: {sentence}\n   wanted {str(wanted)[:600]}\n   got    {str(got)[:600]}")

    def end(self):
        sys.exit(1 if self.failed else 0)
