#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""meir demo: the whole of it on one computer, and nothing left behind."""

import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
from program import HARMFUL, Running, meir, on_terminal, refused, snapshot
from tap import check, equal, main, test

SUMMARY = re.compile(r"^Shared and downloaded [\d.]+ \w+ in \d+ files? at [\d.]+ \w+/s: all of it encrypted with TLS "
                     r"1\.3, announced over HTTPS, and equal byte for byte$", re.M)


def check_summary(done):
    equal((done.code, done.err), (0, ""), done)
    check(SUMMARY.match(done.out.splitlines()[-1]), done)
    equal(len(SUMMARY.findall(done.out)), 1)
    check(not HARMFUL.search(done.out), done)


@test
def sample(folder):
    """Without a path it makes its own folder, and takes it away again"""
    done = meir(folder, "demo")
    check_summary(done)
    check("6 files" in done.out, done)
    equal(snapshot(folder), {})


@test
def own_folder(folder):
    """With a path it shares that, and leaves it as it was"""
    share = os.path.join(folder, "share", "sub")
    os.makedirs(share)
    for name, length in (("a", 100000), ("sub/b", 1), ("sub/empty", 0)):
        with open(os.path.join(folder, "share", name), "wb") as stream:
            stream.write(os.urandom(length))
    os.symlink("share", os.path.join(folder, "link"))
    before = snapshot(folder)
    for path in ("share", "share/a", "link"):
        check_summary(meir(folder, "demo", path))
    equal(snapshot(folder), before)


@test
def nothing_to_share(folder):
    """An empty folder is refused"""
    os.mkdir(os.path.join(folder, "empty"))
    refused(folder, "demo", "empty", says="empty")


@test
def no_temporary_folder(folder):
    """Without a place to work in it fails with a reason"""
    done = meir(folder, "demo", env={"TMPDIR": os.path.join(folder, "gone")})
    check(done.code in (1, 2) and re.fullmatch(r"meir: [^\n]*gone[^\n]*\n", done.err), done)


@test
def interrupted(folder):
    """Ctrl-C ends it in time, and nothing stays"""
    with open(os.path.join(folder, "huge"), "wb") as stream:
        stream.truncate(1 << 30)
    with Running(folder, "demo", "huge") as run:
        run.wait_for(r"\d+ of \d+ pieces")
        done, took = run.end(signal.SIGINT)
    equal((done.code, done.err), (130, ""), done)
    check(took < 4, took)
    equal(os.listdir(folder), ["huge"])


@test
def on_screen(folder):
    """On a terminal the pieces are drawn as they come, and only the summary stays"""
    done = on_terminal(folder, "demo")
    equal(done.code, 0, done)
    check("█" in done.out and re.search(r"\d+ of \d+ pieces", done.out), done)
    check(SUMMARY.match(done.out.replace("\x1b[K", "\n").replace("\r", "").splitlines()[-1]), done.out[-300:])


if __name__ == "__main__":
    main()
