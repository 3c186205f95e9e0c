#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transfers between meir and other BitTorrent programs, both ways, over our tracker and another."""

import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import lab
from clients import LibTorrent, Meir, MeirTracker, OpenTracker, Transmission, create
from content import MIB, make_file, make_folder, total_length
from tap import cases, check, equal, main

# Larger by hand: TRANSFER_MIB=1024 TRANSFER_FILES=1000.
SIZE_MIB = int(os.environ.get("TRANSFER_MIB", "8"))
N_FILES = int(os.environ.get("TRANSFER_FILES", "120"))
PATIENCE_SEC = 120 + SIZE_MIB // 2

DIRECTIONS = [(f"{seeder.name} to {leecher.name}", seeder, leecher) for seeder, leecher in
              ((Meir, Transmission), (Transmission, Meir), (Meir, LibTorrent), (LibTorrent, Meir))]


class Transfer:
    """One shares, the other finds it through the tracker and downloads."""

    def __init__(self, network, original, url, seeder, leecher):
        where, name = os.path.split(original)
        self.original = original
        self.torrent = create(where, name, url)
        self.clients = seeder, leecher
        self.hosts = network.host(name + " seeder"), network.host(name + " leecher")
        self.running = []

    def start_seeder(self):
        self.running.append(self.clients[0](self.hosts[0], os.path.dirname(self.original), self.torrent["path"]))

    def start_leecher(self):
        self.running.append(self.clients[1](self.hosts[1], os.path.dirname(self.original) + "-copy",
                                            self.torrent["path"]))

    def finish(self):
        seeder, leecher = self.running
        leecher.wait_complete(PATIENCE_SEC)
        leecher.check_same(self.original)
        ours, direction = (seeder, "uploaded") if isinstance(seeder, Meir) else (leecher, "downloaded")
        last, _ = ours.end(signal.SIGINT)
        check(last[direction] >= total_length(self.original), last)
        # Others do not speak our TLS: it went in clear although --tls prefer is the default.
        equal((last["bad_pieces"], last["encrypted_bytes"]), (0, 0), last)


def prepare(network, folder, seeder, leecher):
    """A file for every way to be tracked, and a folder; with the two trackers, running."""
    hosts = [network.host("tracker"), network.host("opentracker")]
    transfers = []
    for host, scheme in ((host, scheme) for host in hosts for scheme in ("http", "udp")):
        name = f"{host.name} {scheme}"
        make_file(os.path.join(folder, name, "one file"), SIZE_MIB * MIB + 12345, name)
        url = f"{scheme}://{host.address}:6969" + ("/announce" if scheme == "http" else "")
        transfers.append(Transfer(network, os.path.join(folder, name, "one file"), url, seeder, leecher))
    make_folder(os.path.join(folder, "folder", "many files"), N_FILES)
    transfers.append(Transfer(network, os.path.join(folder, "folder", "many files"), url, seeder, leecher))

    ours = MeirTracker(hosts[0])
    other = OpenTracker(hosts[1], [transfer.torrent["info_hash"] for transfer in transfers])
    return list(zip(transfers, [ours, ours, other, other, other]))


@cases(*DIRECTIONS)
def both_trackers(folder, seeder, leecher):
    """Files over both trackers by HTTP and UDP, and a folder"""
    with lab.Network(folder) as network:
        tracked = prepare(network, folder, seeder, leecher)
        for transfer, _ in tracked:
            transfer.start_seeder()
        for transfer, tracker in tracked:
            tracker.wait_seed(transfer.torrent["info_hash"], PATIENCE_SEC)
        for transfer, _ in tracked:
            transfer.start_leecher()
        for transfer, _ in tracked:
            transfer.finish()


if __name__ == "__main__":
    lab.enter()
    main()
