#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the window takes to appear, with many torrents in the session, beside a bare libadwaita window.

usage: start.py MEIRTORRENT [--torrents N] [--runs N]

Runs alternate; medians are printed, in milliseconds from the start of the process to the window's first map, and the
ratio of them, which is what to quote. The torrents are complete, and their files are there. Behind it: how much memory
all of it takes.
"""

import argparse
import hashlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "ui")]

# pylint: disable=wrong-import-position
import bencode
import desktop

LENGTH = 16384


def build_bare(folder):
    program = os.path.join(folder, "bare-window")
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libadwaita-1"], capture_output=True, text=True,
                           check=True).stdout.split()
    subprocess.run(["cc", "-O2", "-o", program, os.path.join(HERE, "bare-window.c"), *flags], check=True)
    return program


def fill(home, count):
    """A library of complete torrents, as a run before would have left it."""
    library = os.path.join(home, "state", "meirtorrent", "library")
    shared = os.path.join(home, "Shared")
    os.makedirs(library)
    os.makedirs(shared)
    with open(os.path.join(library, "library.ini"), "w", encoding="utf-8") as keys:
        for number in range(count):
            name = f"torrent number {number}"
            data = hashlib.sha256(name.encode()).digest() * (LENGTH // 32)
            info = {"length": LENGTH, "name": name, "piece length": LENGTH, "pieces": hashlib.sha1(data).digest()}
            group = hashlib.sha1(bencode.encode(info)).hexdigest()
            with open(os.path.join(shared, name), "wb") as file:
                file.write(data)
            with open(os.path.join(library, f"{group}.torrent"), "wb") as file:
                file.write(bencode.encode({"info": info}))
            keys.write(f"[{group}]\nFolder=file://{shared}\n")


def appear(command, title, env):
    """The process, and the milliseconds until its window was there."""
    began = time.monotonic()
    process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    # One watcher that sleeps until the window is mapped: polling would take the time that is measured.
    subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--name", f"^{title}$"], check=True,
                   stdout=subprocess.DEVNULL)
    return process, (time.monotonic() - began) * 1000


def memory_mib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait()


def measure(program, bare, folder, count):
    home = tempfile.mkdtemp(dir=folder)
    fill(home, count)
    env = {**os.environ, "HOME": home, "XDG_STATE_HOME": os.path.join(home, "state"), "GSK_RENDERER": "cairo",
           "GDK_DEBUG": "gl-disable", "GSETTINGS_BACKEND": "memory", "ADW_DISABLE_PORTAL": "1"}
    other, bare_ms = appear([bare], "Bare Window", env)
    end(other)
    ours, ours_ms = appear([program], "MeirTorrent", env)
    time.sleep(5)
    resident = memory_mib(ours)
    end(ours)
    return bare_ms, ours_ms, resident


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath, help="to measure, such as build/src/app/meirtorrent")
    parser.add_argument("--torrents", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("GSETTINGS_SCHEMA_DIR",
                          os.path.join(os.path.dirname(options.program), "..", "..", "data"))
    with tempfile.TemporaryDirectory() as folder, desktop.Desktop():
        bare = build_bare(folder)
        rows = [measure(options.program, bare, folder, options.torrents) for _ in range(options.runs)]
    bare_ms, ours_ms, resident = map(statistics.median, zip(*rows))
    print(f"bare window {bare_ms:.0f} ms, {options.torrents} torrents {ours_ms:.0f} ms: {ours_ms / bare_ms:.2f} times; "
          f"{resident:.0f} MiB five seconds later")


if __name__ == "__main__":
    main()
