#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""meir info and meir magnet, and what every command that reads a .torrent does with a bad one."""

import hashlib
import json
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import bencode
from program import HARMFUL, STEERING, meir, on_terminal, refused
from tap import cases, check, equal, main, test

HASH = b"h" * 20


def info(**changes):
    """A good single-file info dictionary with changes; a value of None takes a key away."""
    base = {"name": "name.bin", "length": 10, "piece length": 16384, "pieces": HASH}
    base.update({key.replace("_", " "): value for key, value in changes.items()})
    return {key: value for key, value in base.items() if value is not None}


def folder_info(*paths, **changes):
    return info(length=None, files=[{"length": 1, "path": path} for path in paths], name="top", **changes)


def save(folder, content, name="x.torrent"):
    raw = content if isinstance(content, bytes) else bencode.encode(content)
    with open(os.path.join(folder, name), "wb") as stream:
        stream.write(raw)
    return name


def with_key(raw_value, key=b"length"):
    """A .torrent whose info dictionary has bytes of our own in place of a value."""
    marker = 777777
    return bencode.encode({"info": info(**{key.decode(): marker})}).replace(b"i%de" % marker, raw_value)


BAD = [
    ("empty", b""),
    ("not bencode", b"<html><body>404</body></html>"),
    ("cut off", bencode.encode({"info": info()})[:-30]),
    ("bytes behind the end", bencode.encode({"info": info()}) + b"x"),
    ("a list, no dictionary", b"l4:infoe"),
    ("no info", {"announce": "http://x/"}),
    ("info is a string", {"info": "x"}),
    ("nested 10,000 deep", b"d4:info" + b"l" * 10000 + b"e" * 10000 + b"e"),
    ("nested 10,000 deep, dictionaries", b"d4:info" + b"d1:a" * 10000 + b"i1e" + b"e" * 10000 + b"e"),
    ("string longer than the file", b"d4:infod4:name99999999999:x"),
    ("negative length", {"info": info(length=-1)}),
    ("length 2^63", {"info": info(length=1 << 63)}),
    ("length 2^64", {"info": info(length=1 << 64)}),
    ("number with a leading zero", with_key(b"i010e")),
    ("number minus zero", with_key(b"i-0e")),
    ("number of no digits", with_key(b"ie")),
    ("number that does not end", with_key(b"i10")),
    ("piece length 0", {"info": info(piece_length=0)}),
    ("piece length negative", {"info": info(piece_length=-16384)}),
    ("piece length 2^63", {"info": info(piece_length=1 << 63)}),
    ("no piece length", {"info": info(piece_length=None)}),
    ("pieces not a multiple of 20", {"info": info(pieces=HASH + b"x")}),
    ("pieces empty", {"info": info(pieces=b"")}),
    ("too many pieces", {"info": info(pieces=HASH * 2)}),
    ("too few pieces", {"info": info(length=16385)}),
    ("no pieces", {"info": info(pieces=None)}),
    ("neither length nor files", {"info": info(length=None)}),
    ("no files", {"info": info(length=None, files=[])}),
    ("sum of lengths past 2^63",
     {"info": info(length=None, files=[{"length": (1 << 62) + 1, "path": ["a"]}, {"length": 1 << 62, "path": ["b"]}])}),
    ("no name", {"info": info(name=None)}),
    ("name ..", {"info": info(name="..")}),
    ("name .", {"info": info(name=".")}),
    ("name empty", {"info": info(name="")}),
    ("name absolute", {"info": info(name="/etc/passwd")}),
    ("name with a slash", {"info": info(name="a/b")}),
    ("name with NUL", {"info": info(name=b"a\0b")}),
    ("name of 300 bytes", {"info": info(name="n" * 300)}),
    ("path ..", {"info": folder_info(["a", "..", "b"])}),
    ("path absolute", {"info": folder_info(["/etc", "passwd"])}),
    ("path with a slash", {"info": folder_info(["a/../../b"])}),
    ("path with NUL", {"info": folder_info([b"a\0"])}),
    ("path part of 300 bytes", {"info": folder_info(["p" * 300])}),
    ("path of no parts", {"info": folder_info([])}),
    ("path 1,000 deep", {"info": folder_info(["d"] * 1000)}),
    ("two files of one path", {"info": folder_info(["a"], ["a"])}),
    ("a file that is a folder too", {"info": folder_info(["a"], ["a", "b"])}),
]

COMMANDS = {
    "info": ["info", "x.torrent"],
    "info --json": ["info", "--json", "x.torrent"],
    "magnet": ["magnet", "x.torrent"],
    "verify": ["verify", "x.torrent", "--path", "."],
    "peer": ["peer", "--torrent", "x.torrent", "--path", "new"],
}


@cases(*BAD)
def bad_torrents(folder, content):
    """A bad .torrent is refused by every command that reads one"""
    save(folder, content)
    for arguments in COMMANDS.values():
        done = refused(folder, *arguments, says="x.torrent")
        check(done.err.count("x.torrent") == 1, done)


@test
def bad_files(folder):
    """What is no file to read is refused by every command"""
    os.mkdir(os.path.join(folder, "x.torrent"))
    for arguments in COMMANDS.values():
        refused(folder, *arguments, says="x.torrent")
    os.rmdir(os.path.join(folder, "x.torrent"))
    for arguments in COMMANDS.values():
        refused(folder, *arguments, says="x.torrent")
    with open(os.path.join(folder, "x.torrent"), "wb") as stream:
        stream.truncate(1 << 40)
    for arguments in COMMANDS.values():
        refused(folder, *arguments, says="too large")


@cases(*[(name, arguments) for name, arguments in COMMANDS.items()])
def unnamable(folder, arguments):
    """A file's own name is made safe in complaints"""
    name = "\x1b]0;gone\x07\u202e.torrent"
    refused(folder, *[name if argument == "x.torrent" else argument for argument in arguments], says="gone")


@test
def text(folder):
    """meir info shows every field"""
    torrent = {
        "announce": "http://a.example/announce",
        "announce-list": [["http://a.example/announce"], ["udp://b.example:1"]],
        "url-list": "http://w.example/", "comment": "hello there", "created by": "somebody",
        "creation date": 1000000000,
        "info": info(length=None, name="top", private=1, source="src", pieces=HASH,
                     files=[{"length": 3, "path": ["a", "b.txt"]}, {"length": 4, "path": ["a", "c.txt"]},
                            {"length": 5, "path": ["d"]}]),
    }
    save(folder, torrent)
    done = meir(folder, "info", "x.torrent")
    equal((done.code, done.err), (0, ""))
    for piece in ("top", hashlib.sha1(bencode.encode(torrent["info"])).hexdigest(), "12 bytes", "yes", "src",
                  "hello there", "somebody", "2001-09-09 01:46:40", "http://a.example/announce", "udp://b.example:1",
                  "http://w.example/"):
        check(piece in done.out, piece, done)
    tree = done.out[done.out.index("Files"):].splitlines()[1:]
    equal([line.split("  3")[0].split("  4")[0].split("  5")[0] for line in tree],
          ["  top/", "    a/", "      b.txt", "      c.txt", "    d"])


@test
def as_json(folder):
    """meir info --json: one line, every field, bytes that are no text kept"""
    torrent = {"announce": "http://a.example/announce", "info": folder_info([b"\xff\x1b\n", "ü"], ["b"])}
    save(folder, torrent)
    done = meir(folder, "info", "--json", "x.torrent")
    equal((done.code, done.out.count("\n")), (0, 1))
    check(not STEERING.search(done.out), done)
    line = json.loads(done.out)
    equal(line["info_hash"], hashlib.sha1(bencode.encode(torrent["info"])).hexdigest())
    equal(line["trackers"], [["http://a.example/announce"]])
    path = line["files"][0]["path"].encode("utf-8", "surrogateescape")
    equal((path, line["files"][0]["bytes"]), (b"top/\xff\x1b\n/\xc3\xbc", 1))
    equal((line["private"], line["bytes"], line["pieces"], line["piece_length"]), (False, 2, 1, 16384))


HOSTILE = "a\x1b[2J\x1b]0;x\x07\x9b31m\u202ecod.exe\u200b\r\nb\x7f"


@test
def terminal_escapes(folder):
    """No text of a .torrent can steer the terminal, in no output of no command"""
    save(folder, {"announce": "http://t.example/" + HOSTILE, "comment": HOSTILE, "created by": HOSTILE,
                  "url-list": "http://w.example/" + HOSTILE,
                  "info": info(length=None, name=HOSTILE, source=HOSTILE,
                               files=[{"length": 10, "path": [HOSTILE, HOSTILE + "2"]}])})
    for name, arguments in COMMANDS.items():
        if name == "peer":
            continue
        done = meir(folder, *arguments)
        pattern = STEERING if "json" in name else HARMFUL
        check(done.out != "" and not pattern.search(done.out + done.err), name, done)
    done = on_terminal(folder, "info", "x.torrent", env={"NO_COLOR": "1"})
    check("cod.exe" in done.out and not HARMFUL.search(done.out), done)


@test
def magnet(folder):
    """meir magnet prints a link with info-hash, name, length, trackers and web seeds"""
    torrent = {"announce-list": [["http://a.example/announce?k=1&l=2"], ["udp://b.example:1"]],
               "url-list": ["http://w.example/x y"], "info": info(name="nämé & co")}
    save(folder, torrent)
    done = meir(folder, "magnet", "x.torrent")
    equal((done.code, done.err, done.out.count("\n")), (0, "", 1))
    check(done.out.isascii(), done)
    link = urllib.parse.urlsplit(done.out.strip())
    query = urllib.parse.parse_qs(link.query, strict_parsing=True)
    equal(link.scheme, "magnet")
    equal(query["xt"], ["urn:btih:" + hashlib.sha1(bencode.encode(torrent["info"])).hexdigest()])
    equal((query["dn"], query["xl"]), (["nämé & co"], ["10"]))
    equal(query["tr"], ["http://a.example/announce?k=1&l=2", "udp://b.example:1"])


@cases(
    ("no info-hash", "magnet:?dn=x", ""),
    ("short info-hash", "magnet:?xt=urn:btih:abc", ""),
    ("foreign hash", "magnet:?xt=urn:sha1:" + "A" * 32, ""),
    ("nothing", "magnet:", ""),
    ("upper case scheme, no info-hash", "MAGNET:?x=1", ""),
    ("far too long", "magnet:?xt=urn:btih:" + "a" * 40 + "&dn=" + "x" * 100000, ""),
)
def bad_magnets(folder, link, says):
    """A bad magnet link is refused"""
    refused(folder, "peer", "--torrent", link, "--path", "new", says=says)


if __name__ == "__main__":
    main()
