#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A transfer between two hosts, meir beside libtorrent: wall clock, and processor seconds a GiB on either side.

usage: transfer.py MEIR [--size MIB] [--runs N]

Runs alternate, so that what else the machine does hits all alike; medians are printed, and the ratios of them, which
are what to quote. The data lies in memory; every seeder has checked it and is known to the tracker before the clock
starts, which is with the leecher's process.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "interop")]

# pylint: disable=wrong-import-position
import lab
from clients import LibTorrent, Meir, MeirTracker, create
from content import MIB, make_file

PATIENCE_SEC = 300


def meir_with(tls):
    return lambda host, path, torrent: Meir(host, path, torrent, "--tls", tls)


CONTESTANTS = {"meir plain": meir_with("off"), "meir tls": meir_with("require"), "libtorrent": LibTorrent}


def cpu_seconds(client):
    with open(f"/proc/{client.program.process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(network, start, original, torrent, tracker, number):
    seeder = start(network.host(f"seeder {number}"), os.path.dirname(original), torrent["path"])
    tracker.wait_seed(torrent["info_hash"])
    before, began = cpu_seconds(seeder), time.monotonic()
    leecher = start(network.host(f"leecher {number}"), f"{original}-copy-{number}", torrent["path"])
    leecher.wait_complete(PATIENCE_SEC)
    wall = time.monotonic() - began
    used = cpu_seconds(leecher), cpu_seconds(seeder) - before
    leecher.check_same(original)
    for client in (leecher, seeder):
        client.program.kill()
    return (wall, *used)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("meir", help="the program to measure, such as build/src/cli/meir")
    parser.add_argument("--size", type=int, default=1024, help="MiB to transfer")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    lab.enter()
    results = {name: [] for name in CONTESTANTS}
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        original = os.path.join(folder, "shared", "data.bin")
        os.makedirs(os.path.dirname(original))
        make_file(original, options.size * MIB)
        for run in range(options.runs):
            for number, (name, start) in enumerate(CONTESTANTS.items()):
                # A network of its own a run: no peer of an earlier one is still on the tracker's list.
                with lab.Network(folder) as network:
                    tracker = MeirTracker(network.host("tracker"))
                    torrent = create(os.path.dirname(original), "data.bin", tracker.url("http"))
                    results[name].append(measure(network, start, original, torrent, tracker, f"{run}-{number}"))
    gib = options.size / 1024
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in results.items()}
    print(f"{options.size} MiB, {options.runs} runs, medians; in brackets: libtorrent's divided by it")
    for name, (wall, leech, seed) in medians.items():
        other = medians["libtorrent"]
        print(f"{name:12} {wall:6.2f} s ({other[0] / wall:.2f})   leecher {leech / gib:5.2f} CPU s/GiB "
              f"({other[1] / leech:.2f})   seeder {seed / gib:5.2f} CPU s/GiB ({other[2] / max(seed, 0.01):.2f})")


if __name__ == "__main__":
    main()
