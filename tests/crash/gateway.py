# SPDX-License-Identifier: MIT
"""An SMS gateway in this process that speaks as Kannel does, takes every message, and notes each one as it is accepted."""
import collections
import itertools
import socket
import threading
import urllib.parse

Text = collections.namedtuple("Text", "to id subject")  # id: Kannel knows none, so each one is another


class Gateway:
    """One log per new_log(), as the relay has it. What was asked whole is accepted, whether or not the answer is heard."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.server.getsockname()[1]
        self.log, self.number = [], itertools.count()
        self.visitors = 0
        self.change = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    def new_log(self):
        self.quiet()
        self.log = []

    def quiet(self):
        """Until every connection has been read to its end."""
        with self.change:
            if not self.change.wait_for(lambda: self.visitors == 0, 20):
                raise AssertionError("a connection to the gateway stays open")

    def _accept(self):
        while True:
            connection, _ = self.server.accept()
            with self.change:
                self.visitors += 1
            threading.Thread(target=self._serve, args=(connection, self.log), daemon=True).start()

    def _serve(self, connection, log):
        try:
            with connection, connection.makefile("rb") as lines:
                first = lines.readline().decode()
                while (line := lines.readline()) != b"\r\n":
                    if not line:
                        return  # gone in the middle of the question: nothing was accepted
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(first.split()[1]).query)
                log.append(Text(query["to"][0], next(self.number), query["text"][0]))
                answer = b"0: Accepted for delivery"
                head = f"HTTP/1.1 202 Accepted\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n"
                connection.sendall(head.encode() + answer)
        except OSError:
            pass
        finally:
            with self.change:
                self.visitors -= 1
                self.change.notify_all()
