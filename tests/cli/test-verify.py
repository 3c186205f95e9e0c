#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""meir verify: what it says of files that are whole, gone, cut, longer or damaged."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
from program import json_lines, meir, on_terminal, refused, snapshot
from tap import cases, check, equal, main, test

PIECE = 16384
# 4 pieces of a alone, one that a and b share, 3 of b alone and the last of b and c; empty has none.
FILES = {"a": 4 * PIECE + 100, "b": 4 * PIECE, "c": 200, "empty": 0}


def prepare(folder):
    os.mkdir(os.path.join(folder, "share"))
    for name, length in FILES.items():
        with open(os.path.join(folder, "share", name), "wb") as stream:
            stream.write(os.urandom(length))
    equal(meir(folder, "create", "--path", "share", "--length", str(PIECE)).code, 0)


def verify(folder, *arguments):
    return meir(folder, "verify", "share.torrent", "--path", ".", *arguments)


@test
def whole(folder):
    """All there: exit code 0, nothing changed on disk"""
    prepare(folder)
    before = snapshot(folder)
    done = verify(folder)
    check(done.code == 0 and "9 good, 0 bad, 0 missing" in done.out and done.err == "", done)
    equal(snapshot(folder), before)
    line = json_lines(verify(folder, "--json").out)[0]
    equal((line["event"], line["whole"], line["good"], line["files"]), ("verified", True, 9, []))


def remove(path):
    os.unlink(path)


def cut(path):
    os.truncate(path, PIECE + 1)


def lengthen(path):
    with open(path, "ab") as stream:
        stream.write(b"x")


def damage(path):
    with open(path, "r+b") as stream:
        stream.seek(2 * PIECE)
        byte = stream.read(1)
        stream.seek(2 * PIECE)
        stream.write(bytes([byte[0] ^ 1]))


def make_folder(path):
    os.unlink(path)
    os.mkdir(path)


def make_link(path):
    os.rename(path, path + "-moved")
    os.symlink(os.path.basename(path) + "-moved", path)


@cases(
    ("a is gone", remove, "a", (4, 0, 5), "missing"),
    ("a is cut", cut, "a", (5, 0, 4), "short"),
    ("a has a byte too many", lengthen, "a", (9, 0, 0), "long"),
    ("a has a wrong byte", damage, "a", (8, 1, 0), "damaged"),
    ("b is gone", remove, "b", (4, 0, 5), "missing"),
    ("c is gone", remove, "c", (8, 0, 1), "missing"),
    ("the empty file is gone", remove, "empty", (9, 0, 0), "missing"),
)
def not_whole(folder, change, name, counts, state):
    """Not all there: exit code 1, the pieces counted, the file named"""
    prepare(folder)
    change(os.path.join(folder, "share", name))
    done = verify(folder, "--json")
    equal(done.code, 1, done)
    line = json_lines(done.out)[0]
    equal((line["good"], line["bad"], line["missing"]), counts, done)
    equal(line["files"], [{"path": "share/" + name, "state": state}])
    equal(line["whole"], False)
    done = verify(folder)
    check(done.code == 1 and f"share/{name}\n" in done.out, done)


@cases(("a folder", make_folder, "c"), ("a link", make_link, "a"))
def foreign(folder, change, name):
    """What is no file in a file's place is not looked into"""
    prepare(folder)
    change(os.path.join(folder, "share", name))
    refused(folder, "verify", "share.torrent", "--path", ".", says=f"share/{name}")


@test
def nothing_there(folder):
    """A folder without any of it: every file is missing"""
    prepare(folder)
    os.mkdir(os.path.join(folder, "other"))
    done = meir(folder, "verify", "share.torrent", "--path", "other", "--json")
    equal(done.code, 1, done)
    equal(json_lines(done.out)[0]["missing"], 9)
    equal(os.listdir(os.path.join(folder, "other")), [])


@cases(("not there", "gone"), ("a file", "share.torrent"))
def bad_folder(folder, path):
    """A folder that is none is refused"""
    prepare(folder)
    refused(folder, "verify", "share.torrent", "--path", path, says=path)


@test
def on_screen(folder):
    """On a terminal the result comes in colour, and the progress is taken away"""
    prepare(folder)
    done = on_terminal(folder, "verify", "share.torrent", "--path", ".")
    check(done.code == 0 and "\x1b[32m" in done.out and "9 good" in done.out, done)


if __name__ == "__main__":
    main()
