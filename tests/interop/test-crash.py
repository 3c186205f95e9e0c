#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at random moments of a download: what was there is known at the next start, without a full check."""

import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import lab
from clients import PORT, Meir, create
from content import MIB, make_file
from tap import check, main, test

# More by hand: CRASH_KILLS=100 CRASH_MIB=1024.
KILLS = int(os.environ.get("CRASH_KILLS", "8"))
SIZE = int(os.environ.get("CRASH_MIB", "160")) * MIB
SEED = int(os.environ.get("CRASH_SEED", "0")) or random.randrange(1 << 32)
BYTES_PER_SEC = 20 * MIB
# All lives together; not long enough to see the end of the download.
LIVES_SEC = SIZE * 0.8 / BYTES_PER_SEC
# What a kill may cost: fetched again, and hashed again because nobody knows whether it had reached the disk.
REFETCHED_MAX = 16 * MIB
CHECKED_MAX = 2 * 16 * MIB
# What was said to be there a moment before the kill may not have been recorded yet.
UNRECORDED_MAX = 2 * MIB


def read_bytes(client):
    """What it has read from files so far."""
    with open(f"/proc/{client.program.process.pid}/io", encoding="ascii") as stream:
        return int(stream.readline().split()[1])


class Leecher:
    """A download that is killed and started again, always in the same place."""

    def __init__(self, host, folder, torrent, seeder):
        self.host = host
        self.folder = folder
        self.torrent = torrent
        self.peer = f"{seeder.address}:{PORT}"
        self.said_bytes = 0
        self.checked = []

    def start(self, *more):
        return Meir(self.host, os.path.join(self.folder, "copy"), self.torrent["path"], "--peer", self.peer, *more,
                    home=os.path.join(self.folder, "home"))

    def live_and_die(self, seconds):
        client = self.start()
        time.sleep(seconds)
        self.checked.append(read_bytes(client))
        client.program.kill()
        check(not client.is_complete(), "it was too fast to be killed")
        self.look(client)

    def look(self, client):
        """What it began with is what the one before it had said."""
        had = [event["have"] * self.torrent["piece_length"] for event in client.events()
               if event.get("state") in ("downloading", "seeding")]
        if had:
            check(had[0] >= self.said_bytes - UNRECORDED_MAX, had[0], self.said_bytes)
            self.said_bytes = had[-1]


@test
def resumed(folder):
    """Killed again and again, a download loses next to nothing, and checks next to nothing"""
    chance = random.Random(SEED)
    print(f"# CRASH_SEED={SEED}")
    with lab.Network(folder) as network:
        original = os.path.join(folder, "shared", "file")
        make_file(original, SIZE)
        torrent = create(os.path.dirname(original), "file")
        host = network.host("seeder")
        host.shape(BYTES_PER_SEC * 8 / 1e6)
        seeder = Meir(host, os.path.dirname(original), torrent["path"], "--seed")
        seeder.wait_event("state", lambda event: event["state"] == "seeding")
        leecher = Leecher(network.host("leecher"), folder, torrent, host)
        lives = [chance.random() for _ in range(KILLS)]
        for life in lives:
            leecher.live_and_die(life * LIVES_SEC / sum(lives))
        host.shape(None)

        client = leecher.start()
        client.wait_complete()
        leecher.checked.append(read_bytes(client))
        client.check_same(original)
        client.end(signal.SIGINT)
        leecher.look(client)
        refetched = seeder.end(signal.SIGINT)[0]["uploaded"] - SIZE
        print(f"# {KILLS} kills: {refetched / MIB / KILLS:.2f} MiB fetched again for each, at most "
              f"{max(leecher.checked) / MIB:.2f} MiB checked again")
        check(refetched <= KILLS * REFETCHED_MAX, refetched)
        check(max(leecher.checked) <= CHECKED_MAX, leecher.checked)

        # Had it checked everything, it would have been seen.
        client = leecher.start("--recheck")
        client.wait_complete()
        check(read_bytes(client) >= SIZE, read_bytes(client))
        client.end(signal.SIGINT)


if __name__ == "__main__":
    lab.enter()
    main()
