# SPDX-License-Identifier: GPL-3.0-or-later
"""The mock portal, as a test holds it."""

import json
import os
import subprocess
import threading

from desktop import wait_for

MOCK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mock-portal.py")
# GTK 4.8 and GLib each have their own way of being told that there is a portal.
ENVIRONMENT = {"GTK_USE_PORTAL": "1", "GDK_DEBUG": "gl-disable:portals"}
NOT_NEEDED = ("GIO_USE_NETWORK_MONITOR",)


class Portal:
    """Runs on the desktop's session bus; use as a context, around what is to find it."""

    def __init__(self, *options):
        self.process = subprocess.Popen(["/usr/bin/python3", MOCK, *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.calls = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def __enter__(self):
        self.wait("ready")
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()

    def read(self):
        for line in self.process.stdout:
            self.calls.append(json.loads(line))

    def find(self, method, **details):
        """The calls of that method with these details."""
        return [call for call in list(self.calls) if call["method"] == method
                and all(call.get(name) == value for name, value in details.items())]

    def wait(self, method, count=1, **details):
        """The last of so many calls."""
        try:
            return wait_for(f"the call {method} {details}",
                            lambda: len(self.find(method, **details)) >= count and self.find(method, **details))[-1]
        except AssertionError as late:
            raise AssertionError(f"{late}; there were {list(self.calls)}") from late

    def say(self, **changes):
        """Changes what it says; returns when it does."""
        changes = {name.replace("_", "-"): value for name, value in changes.items()}
        before = len(self.find("changed"))
        self.process.stdin.write(json.dumps(changes) + "\n")
        self.process.stdin.flush()
        self.wait("changed", before + 1)
