#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody who listens on the line sees of meir, at every --tls policy; and the README's three terminals."""

import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import lab
from clients import PORT, Capture, LibTorrent, Meir, MeirTracker, create
from content import MIB, check_same, make_file
from program import MEIR, SOURCE_ROOT, Done, environment, judge
from tap import cases, check, equal, main

SIZE = 6 * MIB + 777
HANDSHAKE = b"BitTorrent protocol"
SAMPLE_BYTES = 32
N_SAMPLES = 64
# How long two are watched who must not come together; both connect at once.
OBSERVED_SEC = 3


def samples(path):
    """Pieces of the payload that do not come up by chance."""
    with open(path, "rb") as stream:
        payload = stream.read()
    step = (len(payload) - SAMPLE_BYTES) // (N_SAMPLES - 1)
    return [payload[at:at + SAMPLE_BYTES] for at in range(0, step * N_SAMPLES, step)]


def count(needles, flows):
    """How many of the needles are in clear in any of the connections."""
    return sum(any(needle in flow for flow in flows.values()) for needle in needles)


def share(folder, network):
    original = os.path.join(folder, "shared", "payload")
    make_file(original, SIZE)
    return original, create(os.path.dirname(original), "payload"), network.host("seeder"), network.host("leecher")


@cases(("off", "off", True, N_SAMPLES), ("prefer", "prefer", True, 0), ("require", "require", False, 0))
def on_the_line(folder, policy, handshake_shown, samples_shown):
    """The link with both sides at --tls"""
    with lab.Network(folder) as network:
        original, torrent, seeder_host, leecher_host = share(folder, network)
        capture = Capture(seeder_host)
        seeder = Meir(seeder_host, os.path.dirname(original), torrent["path"], "--seed", "--tls", policy)
        seeder.wait_event("state", lambda event: event["state"] == "seeding")
        leecher = Meir(leecher_host, os.path.join(folder, "copy"), torrent["path"], "--tls", policy, "--exit-when",
                       "complete", "--peer", f"{seeder_host.address}:{PORT}")
        last, _ = leecher.end()
        leecher.check_same(original)
        flows = capture.stop()

        check(sum(map(len, flows.values())) > SIZE, {name: len(flow) for name, flow in flows.items()})
        equal(count(samples(original), flows), samples_shown)
        equal(count([HANDSHAKE], flows) == 1, handshake_shown)
        equal(count([bytes.fromhex(torrent["info_hash"])], flows) == 1, handshake_shown)
        clear = SIZE if samples_shown else 0
        equal((last["clear_bytes"], last["encrypted_bytes"]), (clear, SIZE - clear), last)
        seeder.end(signal.SIGINT)


@cases(("downloading from it", LibTorrent, Meir), ("sharing with it", Meir, LibTorrent))
def require_among_others(folder, seeder_class, leecher_class):
    """With --tls require another program gets nothing"""
    def start(kind, host, path):
        more = ["--tls", "require"] if kind is Meir else []
        return kind(host, path, torrent["path"], *more)

    with lab.Network(folder) as network:
        original, _, seeder_host, leecher_host = share(folder, network)
        tracker = MeirTracker(network.host("tracker"))
        torrent = create(os.path.dirname(original), "payload", tracker.url("http"))
        capture = Capture(seeder_host)
        seeder = start(seeder_class, seeder_host, os.path.dirname(original))
        tracker.wait_seed(torrent["info_hash"])
        leecher = start(leecher_class, leecher_host, os.path.join(folder, "copy"))
        tracker.wait(torrent["info_hash"], lambda _, __, leechers: leechers == 1)
        time.sleep(OBSERVED_SEC)
        ours = seeder if seeder_class is Meir else leecher
        last, _ = ours.end(signal.SIGINT)
        equal((last["downloaded"], last["uploaded"]), (0, 0), last)

        between = {name: flow for name, flow in capture.stop().items() if tracker.host.address not in name}
        sent = {name: flow for name, flow in between.items() if name.startswith(ours.host.address)}
        check(sent, between.keys())
        equal(count([HANDSHAKE, bytes.fromhex(torrent["info_hash"])], sent), 0)
        equal(count(samples(original), between), 0)


def readme_commands():
    """The commands of the section of the README about three terminals."""
    with open(os.path.join(SOURCE_ROOT, "README.md"), encoding="utf-8") as stream:
        section = stream.read().split("\n## Three terminals\n")[1].split("\n## ")[0]
    return [line.split()[1:] for line in section.splitlines() if line.startswith("    meir ")]


@cases(("as they stand", [], True), ("with --tls require", ["--tls", "require"], False))
def three_terminals(folder, more, handshake_shown):
    """The README's commands"""
    commands = readme_commands()
    equal([command[0] for command in commands], ["tracker", "create", "peer", "peer"])
    original = os.path.join(folder, "Pictures", "holiday.jpg")
    make_file(original, SIZE)
    env = environment(os.path.join(folder, "home"))
    with lab.Network(folder) as network:
        host = network.host("computer")
        capture = Capture(host, "lo")
        tracker = host.start("tracker", [MEIR, *commands[0]], env=env, cwd=folder)
        pin = tracker.wait(lambda: re.search(r"sha256:[0-9a-f]{64}", tracker.out()), "the pin").group(0)
        equal(host.start("create", [MEIR, *commands[1]], env=env, cwd=folder).end()[0], 0)

        def peer(name, command):
            words = [word.replace("sha256:…", pin) for word in command]
            check(pin in words, command)
            return host.start(name, [MEIR, *words, *more], env=env, cwd=folder)

        seeder = peer("seeder", commands[2])
        seeder.wait(lambda: "is complete" in seeder.out(), "it shares")
        leecher = peer("leecher", commands[3])
        leecher.wait(lambda: "is complete" in leecher.out(), "it is complete")
        check_same(os.path.dirname(original), os.path.join(folder, "Downloads", "Pictures"))
        for program in (leecher, seeder, tracker):
            code, _ = program.end(signal.SIGINT)
            equal(judge(Done(code, program.out(), program.err())).err, "")
            equal(code, 0, program.describe())
        flows = capture.stop()
        check(sum(map(len, flows.values())) > SIZE, {name: len(flow) for name, flow in flows.items()})
        equal(count(samples(original), flows), 0)
        equal(count([HANDSHAKE], flows) == 1, handshake_shown)
        equal(count([b"info_hash", b"announce"], flows), 0)


@cases(("no pin", []), ("another pin", ["--tracker-pin", "sha256:" + "0" * 64]))
def not_trusted(folder, pins):
    """A tracker that nobody vouches for is told nothing"""
    with lab.Network(folder) as network:
        original, _, seeder_host, tracker_host = share(folder, network)
        env = environment(os.path.join(folder, "home"))
        tracker = tracker_host.start("tracker", [MEIR, "tracker", "--https", "auto"], env=env)
        tracker.wait(lambda: "Ctrl-C" in tracker.out(), "it listens")
        url = f"https://{tracker_host.address}:6969/announce"
        torrent = create(os.path.dirname(original), "payload", url)
        seeder = Meir(seeder_host, os.path.dirname(original), torrent["path"], *pins)
        said = seeder.wait_event("tracker")["text"]
        check(said.startswith(url + ": ") and "--tracker-pin" in said and "\n" not in said, said)
        equal(seeder.last()["state"], "seeding")
        seeder.end(signal.SIGINT)


if __name__ == "__main__":
    lab.enter()
    main()
