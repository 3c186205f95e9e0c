#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads from a magnet link (BEP 9), whose metadata comes from another program, or goes to one."""

import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import lab
from clients import LibTorrent, Meir, MeirTracker, Transmission, create
from content import make_folder
from program import meir
from tap import cases, check, equal, main

METADATA_BLOCK = 16384
# Enough for metadata of more than one block.
N_FILES = 300


@cases(*((f"{seeder.name} to {leecher.name}", seeder, leecher) for seeder, leecher in
         ((Meir, Meir), (Meir, LibTorrent), (LibTorrent, Meir), (Meir, Transmission), (Transmission, Meir))))
def metadata(folder, seeder_class, leecher_class):
    """A magnet link is all that is handed over"""
    with lab.Network(folder) as network:
        tracker = MeirTracker(network.host("tracker"))
        original = os.path.join(folder, "shared", "übung")
        make_folder(original, N_FILES)
        torrent = create(os.path.dirname(original), "übung", tracker.url("http"))
        check(os.path.getsize(torrent["path"]) > METADATA_BLOCK)
        link = meir(folder, "magnet", torrent["path"])
        equal((link.code, link.err), (0, ""))
        link = link.out.strip()
        check(link.startswith("magnet:?xt=urn:btih:" + torrent["info_hash"]), link)

        seeder = seeder_class(network.host("seeder"), os.path.dirname(original), torrent["path"])
        tracker.wait_seed(torrent["info_hash"])
        leecher = leecher_class(network.host("leecher"), os.path.join(folder, "copy"), link)
        leecher.wait_complete()
        leecher.check_same(original)
        if leecher_class is Meir:
            equal(leecher.events("metadata")[0]["text"], "übung")
        for client in (leecher, seeder):
            if isinstance(client, Meir):
                client.end(signal.SIGINT)


if __name__ == "__main__":
    lab.enter()
    main()
