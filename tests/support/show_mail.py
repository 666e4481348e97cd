#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A mail as its reader sees it: who, what, and the plain text. show_mail.py [--recipient] FILE"""
import email
import email.policy
import sys

with open(sys.argv[-1], "rb") as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)
if sys.argv[1] == "--recipient":
    print(message["To"].addresses[0].addr_spec)
    sys.exit(0)
for name in ("From", "To", "Subject", "Date"):
    print(f"  | {name + ':':<9}{message[name]}")
print("  |")
for line in message.get_body(("plain",)).get_content().rstrip().splitlines():
    print("  | " + line)
