#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A relay that accepts every message and keeps it as a file: smtp_sink.py PORT DIRECTORY

Prints one line per accepted message (its Message-ID) after the file is complete, and answers the final dot only after
that: what the sender was told 250 for is there. PORT 0 takes any free port; the first line printed is the port.
"""
import os
import socketserver
import sys
import threading

lock = threading.Lock()
count = 0


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        try:
            self.say("220 sink.example ESMTP")
            while self.command(self.rfile.readline(2048)):
                pass
        except (ConnectionError, BrokenPipeError):
            pass

    def command(self, line):
        verb = line[:4].upper().rstrip()
        if not line or verb == b"QUIT":
            if line:
                self.say("221 2.0.0 bye")
            return False
        if verb == b"EHLO":
            self.say("250-sink.example")
            self.say("250-ENHANCEDSTATUSCODES")
            self.say("250 8BITMIME")
        elif verb == b"DATA":
            self.say("354 go on")
            self.message()
        else:
            self.say("250 2.0.0 ok")
        return True

    def message(self):
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                raise ConnectionError  # gone before the dot: nothing was accepted
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        self.keep(b"".join(lines))
        self.say("250 2.0.0 kept")

    def keep(self, content):
        global count
        with lock:
            count += 1
            number = count
        path = os.path.join(directory, f"{number:06}.eml")
        with open(path + ".part", "wb") as file:
            file.write(content)
        os.rename(path + ".part", path)
        for line in content.split(b"\r\n\r\n", 1)[0].split(b"\r\n"):
            if line.lower().startswith(b"message-id:"):
                with lock:
                    print(line.split(b":", 1)[1].strip().decode(), flush=True)


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


directory = sys.argv[2]
os.makedirs(directory, exist_ok=True)
with Sink(("127.0.0.1", int(sys.argv[1])), Session) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
