# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people, for the window to share with."""

import os

import program
from people import make_file


class Swarm:
    """A tracker and somebody who has all of a torrent, made of what is, or is made, below "there"; use as a context."""

    def __init__(self, folder, name, length=None):
        there = os.path.join(folder, "there")
        self.original = make_file(there, name, length) if length is not None else os.path.join(there, name)
        self.torrent = os.path.join(folder, name + ".torrent")
        self.tracker = program.Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1")
        url = self.tracker.wait_for(r"http://\S+/announce").group(0)
        program.meir(folder, "create", "--path", self.original, "--tracker", url, "--output", self.torrent)
        self.seeder = program.Running(folder, "peer", "--torrent", self.torrent, "--path", there, "--seed", "--bind",
                                      "127.0.0.1", "--json")

    def __enter__(self):
        # Known to the tracker before the window asks: it does not ask again for minutes.
        self.seeder.wait_for('"event":"tracker"')
        return self

    def __exit__(self, *exception):
        self.seeder.__exit__()
        self.tracker.__exit__()
