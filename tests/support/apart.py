# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces of a test program's own: its network, its mounts and its processes, so that tests that use the same ports
do not meet, nothing outlives its program, whatever way it ends, and no packet leaves the computer."""

import os
import shutil
import signal
import subprocess
import sys

ENTERED = "MEIR_TEST_ENTERED"


def run(*command):
    """What the command says; an AssertionError with it where it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}: {done.stdout.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")


def mount_tmpfs(folder, options):
    """A file system of a given size, or one that cannot be written; gone with the namespaces."""
    os.makedirs(folder, exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", options, "none", folder)


def enter():
    """Starts the test program again in namespaces of its own; returns in there, with None.

    Where root may not do that (in some containers), and for everybody else, a user namespace makes it possible. Where
    that may not be either: returns why.
    """
    if os.environ.pop(ENTERED, None):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        run("ip", "link", "set", "lo", "up")
        return None
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if not (shutil.which("unshare") and shutil.which("ip")):
        return "unshare or ip is not installed"
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    apart = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    ways = [apart, apart[:1] + ["--user", "--map-root-user"] + apart[1:]]
    for way in ways[os.geteuid() != 0:]:
        tried = subprocess.run([*way, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if tried.returncode == 0:
            os.environ[ENTERED] = "yes"
            os.execvp(way[0], [*way, sys.executable, *sys.argv])
    return tried.stderr.decode(errors="replace").strip()
