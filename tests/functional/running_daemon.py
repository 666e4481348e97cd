# SPDX-License-Identifier: MIT
"""A daemon on a desk, whose pages are at a port of this machine."""
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request

from desk import BIN, ROOT

sys.path.insert(0, os.path.join(ROOT, "tests/support"))
from peers import wait_until  # noqa: E402


def start(desk, port):
    daemon = subprocess.Popen([os.path.join(BIN, "nurtured")], cwd=desk.path, stderr=open(desk.file("daemon.log"), "ab"))

    def listens():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0 and status(f"http://127.0.0.1:{port}/healthz") == 200

    wait_until(listens, "the daemon's page")
    return daemon


def status(url, data=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        return answer.code
