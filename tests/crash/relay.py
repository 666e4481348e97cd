# SPDX-License-Identifier: MIT
"""A relay in this process that takes every message and notes when each one began and was accepted."""
import collections
import email
import socket
import threading

Handover = collections.namedtuple("Handover", "to id subject unsubscribe")


class Relay:
    """One log per new_log(): connections write into the log of the time when they came. While `doors` is not set a
    connection gets no greeting, so nothing can be handed over."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.server.getsockname()[1]
        self.doors = threading.Event()
        self.doors.set()
        self.log = []
        self.visitors = 0
        self.change = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    def new_log(self):
        self.quiet()
        self.log = []

    def quiet(self):
        """Until every connection has been read to its end: what a dead sender had written may still be on its way."""
        with self.change:
            if not self.change.wait_for(lambda: self.visitors == 0, 20):
                raise AssertionError("a connection to the relay stays open")

    def _accept(self):
        while True:
            connection, _ = self.server.accept()
            with self.change:
                self.visitors += 1
            threading.Thread(target=self._serve, args=(connection, self.log), daemon=True).start()

    def _serve(self, connection, log):
        try:
            self._wait_for_doors(connection)
            with connection.makefile("rb") as lines:
                connection.sendall(b"220 relay.example ESMTP\r\n")
                self._talk(connection, lines, log)
        except OSError:
            pass
        finally:
            connection.close()
            with self.change:
                self.visitors -= 1
                self.change.notify_all()

    def _wait_for_doors(self, connection):
        """Also notices a visitor who has gone away again."""
        connection.settimeout(0.05)
        while not self.doors.wait(0.005):
            try:
                if not connection.recv(1, socket.MSG_PEEK):
                    raise ConnectionError
            except TimeoutError:
                pass
        connection.settimeout(None)

    def _talk(self, connection, lines, log):
        to = None
        for line in lines:
            verb = line[:4].upper()
            if verb == b"RCPT":
                to = line.split(b"<")[1].split(b">")[0].decode()
            if verb == b"DATA":
                connection.sendall(b"354 go on\r\n")
                body = self._body(lines)
                log.append(Handover(to, body["Message-ID"], body["Subject"], body["List-Unsubscribe"]))
            connection.sendall(b"250-relay.example\r\n250 8BITMIME\r\n" if verb == b"EHLO" else b"250 2.0.0 Ok\r\n")

    @staticmethod
    def _body(lines):
        text = []
        for line in lines:
            if line == b".\r\n":
                return email.message_from_bytes(b"".join(text))
            text.append(line)
        raise ConnectionError  # gone before the final dot: nothing was accepted
