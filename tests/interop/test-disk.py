#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that cannot take the download: full, or not writable."""

import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import apart
import lab
from clients import PORT, Meir, create
from content import MIB, make_file
from program import HARMFUL, meir, snapshot
from tap import cases, check, equal, main, test

SIZE = 24 * MIB
DISK = 32 * MIB
FILLER = 20 * MIB
STOP_SEC = 2


class Share:
    """A file, its torrent and who has it; and somebody with a small disk who wants it."""

    def __init__(self, network, folder):
        self.original = os.path.join(folder, "shared", "file")
        self.copy = os.path.join(folder, "copy")
        self.filler = os.path.join(self.copy, "filler")
        make_file(self.original, SIZE)
        self.torrent = create(os.path.dirname(self.original), "file")
        seeder_host = network.host("seeder")
        self.seeder = Meir(seeder_host, os.path.dirname(self.original), self.torrent["path"], "--seed")
        self.peer = f"{seeder_host.address}:{PORT}"
        self.host = network.host("leecher")
        apart.mount_tmpfs(self.copy, f"size={DISK}")
        make_file(self.filler, FILLER)

    def start(self, *arguments):
        return Meir(self.host, self.copy, self.torrent["path"], "--peer", self.peer, *arguments)


@test
def full(folder):
    """A full disk is waited for: what is missing is said, and with room it goes on"""
    with lab.Network(folder) as network:
        share = Share(network, folder)
        try:
            leecher = share.start()
            said = leecher.wait_event("state", lambda event: event["state"] == "disk-full")
            check(re.search(r"[Dd]isk.*full.*needs 12\.0\sMiB more", said["error"]), said)
            missing = SIZE - (DISK - FILLER)
            leecher.program.wait(lambda: leecher.last().get("space_needed") == missing, "what is missing")
            os.remove(share.filler)
            leecher.wait_complete()
            leecher.check_same(share.original)
            last, _ = leecher.end(signal.SIGINT)
            equal((last["bad_pieces"], last["downloaded"], last["wasted"]), (0, SIZE, 0), last)
        finally:
            lab.unmount(share.copy)
        share.seeder.end(signal.SIGINT)


@test
def full_for_good(folder):
    """Nobody has to wait for a full disk: it stops at once, and goes on another time"""
    with lab.Network(folder) as network:
        share = Share(network, folder)
        try:
            for _ in range(2):
                leecher = share.start()
                leecher.wait_event("state", lambda event: event["state"] == "disk-full")
                _, took = leecher.end(signal.SIGINT)
                check(took < STOP_SEC, took)
            os.remove(share.filler)
            leecher = share.start()
            leecher.wait_complete()
            leecher.check_same(share.original)
            leecher.end(signal.SIGINT)
        finally:
            lab.unmount(share.copy)
        share.seeder.end(signal.SIGINT)


@test
def too_small(folder):
    """Space that shall be taken at the start, and is not there, is a reason not to start"""
    with lab.Network(folder) as network:
        share = Share(network, folder)
        try:
            leecher = share.start("--allocate", "full")
            code, _ = leecher.program.end()
            equal(code, 1, leecher.program.describe())
            check(re.fullmatch(r"meir: The disk is full; “[^\n]*” needs [^\n]* more and has 12\.0\sMiB free\n",
                               leecher.program.err()),
                  leecher.program.err())
            equal(snapshot(share.copy).keys() - {"file"}, {"filler"})
        finally:
            lab.unmount(share.copy)


@cases(("read-only", "copy", "Read-only"), ("below a read-only one", "copy/below", "Read-only"),
       ("a file", "shared/file", "Not a directory"), ("below a file", "shared/file/below", "Not a directory"),
       ("where none can be", "/proc/below", "/proc/below"))
def unwritable(folder, path, says):
    """A folder that cannot be written is refused in one line"""
    make_file(os.path.join(folder, "shared", "file"), SIZE)
    torrent = create(os.path.join(folder, "shared"), "file")
    copy = os.path.join(folder, "copy")
    apart.mount_tmpfs(copy, "ro,size=1m")
    try:
        before = snapshot(copy)
        done = meir(folder, "peer", "--torrent", torrent["path"], "--path", path, "--bind", "127.0.0.1")
        equal(done.code, 2, done)
        check(re.fullmatch(r"meir: [^\n]+\n", done.err) and not HARMFUL.search(done.err[:-1]), done)
        check(says in done.err, done)
        equal(snapshot(copy), before)
    finally:
        lab.unmount(copy)


if __name__ == "__main__":
    lab.enter()
    main()
