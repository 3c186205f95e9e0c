#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trackers that fail in every way: meir says so in a line, stays small, goes on, and asks the next tier."""

import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import lab
import scripted_tracker as scripted
from clients import Meir, MeirTracker, create
from content import MIB, make_file
from program import HARMFUL
from tap import cases, check, equal, main, test

# What a peer may take at most: plain, and with a sanitizer, which keeps freed memory for a while.
MEMORY_KIB_MAX = 64 << 10
SANITIZED_MEMORY_KIB_MAX = 512 << 10
STOP_SEC = 2

BAD = {
    "HTML": (scripted.html, "not that of a tracker"),
    "an empty answer": (scripted.empty, "is empty"),
    "nothing": (scripted.nothing, "does not answer"),
    "by hanging up": (scripted.hang_up, "broke off"),
    "1 GiB": (scripted.gigabyte, "longer than 2 MiB"),
    "a redirect loop": (scripted.redirect_loop, "redirect"),
}


def share(folder, size=MIB, *tiers):
    original = os.path.join(folder, "shared", "file")
    make_file(original, size)
    return original, create(os.path.dirname(original), "file", *tiers)


@cases(*((name, *row) for name, row in BAD.items()))
def next_tier(folder, answer, says):
    """A good tracker is in the tier behind one that answers"""
    with lab.Network(folder) as network, scripted.ScriptedTracker(network, answer) as bad:
        good = MeirTracker(network.host("tracker"))
        original, torrent = share(folder, MIB, bad.url, good.url("http"))
        seeder = Meir(network.host("seeder"), os.path.dirname(original), torrent["path"])
        said = seeder.wait_event("tracker", lambda event: event["text"].startswith(bad.url))["text"]
        check("\n" not in said and len(said) < 400 and not HARMFUL.search(said), said)
        check(says in said, said)
        good.wait_seed(torrent["info_hash"])

        leecher = Meir(network.host("leecher"), os.path.join(folder, "copy"), torrent["path"])
        leecher.wait_complete()
        leecher.check_same(original)
        most_kib = SANITIZED_MEMORY_KIB_MAX if seeder.program.is_sanitized() else MEMORY_KIB_MAX
        check(seeder.program.status("VmHWM") < most_kib, seeder.program.status("VmHWM"))
        if answer is scripted.gigabyte:
            # It stopped reading long before the end.
            check(bad.sent_bytes < 64 * MIB, bad.sent_bytes)
        for client in (seeder, leecher):
            _, took = client.end(signal.SIGINT)
            check(took < STOP_SEC, took)


@test
def goodbye(folder):
    """Trackers are told when a peer starts, is complete, and stops, over HTTP and UDP"""
    with lab.Network(folder) as network, scripted.ScriptedTracker(network, scripted.good) as tracker:
        ours = MeirTracker(network.host("tracker"))
        original, torrent = share(folder, MIB, tracker.url, ours.url("udp"))
        seeder_host = network.host("seeder")
        seeder = Meir(seeder_host, os.path.dirname(original), torrent["path"])
        lab.wait(lambda: tracker.events() == ["started"], tracker.events)
        _, took = seeder.end(signal.SIGINT)
        check(took < STOP_SEC, took)
        equal(tracker.events(), ["started", "stopped"])
        del tracker.announces[:]

        _, torrent = share(folder, 2 * MIB, ours.url("udp"))
        seeder = Meir(seeder_host, os.path.dirname(original), torrent["path"])
        ours.wait(torrent["info_hash"], lambda seeds, _, leechers: (seeds, leechers) == (1, 0))
        leecher = Meir(network.host("leecher"), os.path.join(folder, "copy"), torrent["path"])
        leecher.wait_complete()
        ours.wait(torrent["info_hash"], lambda seeds, downloads, _: (seeds, downloads) == (2, 1))
        for client, left in ((leecher, 1), (seeder, 0)):
            _, took = client.end(signal.SIGINT)
            check(took < STOP_SEC, took)
            equal(ours.scrape(torrent["info_hash"]), (left, 1, 0))


@test
def goodbye_unheard(folder):
    """A tracker that does not hear the goodbye keeps nobody, in the middle of a download or of being checked"""
    with lab.Network(folder) as network, scripted.ScriptedTracker(network, scripted.goodbye_unheard) as tracker:
        original, torrent = share(folder, 64 * MIB, tracker.url)
        seeder_host = network.host("seeder")
        seeder_host.shape(40)
        seeder = Meir(seeder_host, os.path.dirname(original), torrent["path"])
        seeder.wait_event("state", lambda event: event["state"] == "seeding")
        leecher = Meir(network.host("leecher"), os.path.join(folder, "copy"), torrent["path"], "--peer",
                       f"{seeder_host.address}:{seeder.port}")
        leecher.wait_event("progress", lambda event: event["have"] > 0)
        for client in (leecher, seeder):
            last, took = client.end(signal.SIGINT)
            check(took < STOP_SEC, took, last)
        check(0 < last["uploaded"] < 64 * MIB, last)
        equal(tracker.events().count("stopped"), 2, tracker.events())


if __name__ == "__main__":
    lab.enter()
    main()
