#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Stands in for systemd's side of sd_notify(3): notify_listener.py SOCKET. Prints what it is told, but for WATCHDOG=1."""
import os
import socket
import sys

path = sys.argv[1]
if os.path.exists(path):
    os.unlink(path)
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(path)
while True:
    for line in listener.recv(4096).decode().splitlines():
        if line != "WATCHDOG=1":
            print(line, flush=True)
