#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Four peers and one seeder: they feed each other."""

import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import lab
from clients import Capture, Meir, MeirTracker, create
from content import MIB, make_file
from tap import cases, check, equal, main

SIZE = 32 * MIB
N_LEECHERS = 4
# So little that chance does not decide, so much that it was more than one piece.
UPLOADED_MIN = 128 << 10
# Everybody's link: slow enough for all of them to take part from the start.
MBIT_PER_SEC = 80


@cases(("over TLS", "prefer"), ("in clear", "off"))
def feed_each_other(folder, policy):
    """Four peers get one seeder's file, none of them all of it from the seeder"""
    with lab.Network(folder) as network:
        tracker = MeirTracker(network.host("tracker"))
        original = os.path.join(folder, "shared", "file")
        make_file(original, SIZE)
        torrent = create(os.path.dirname(original), "file", tracker.url("udp"))
        hosts = [network.host(name) for name in ("seeder", *(f"leecher {number}" for number in range(N_LEECHERS)))]
        for host in hosts:
            host.shape(MBIT_PER_SEC)
        capture = Capture(hosts[0])
        seeder = Meir(hosts[0], os.path.dirname(original), torrent["path"], "--seed", "--tls", policy)
        tracker.wait_seed(torrent["info_hash"])
        leechers = [Meir(host, os.path.join(folder, host.name), torrent["path"], "--tls", policy) for host in hosts[1:]]
        for leecher in leechers:
            leecher.wait_complete()
            leecher.check_same(original)
        ends = [client.end(signal.SIGINT)[0] for client in (seeder, *leechers)]
        flows = capture.stop()

        for host, end in zip(hosts[1:], ends[1:]):
            from_seeder = sum(len(flow) for name, flow in flows.items()
                              if name.startswith(hosts[0].address + ":") and f"-{host.address}:" in name)
            check(0 < from_seeder < SIZE, host.name, from_seeder)
            check(end["uploaded"] >= UPLOADED_MIN, ends)
            equal((end["have"], end["bad_pieces"]), (end["pieces"], 0), end)


if __name__ == "__main__":
    lab.enter()
    main()
