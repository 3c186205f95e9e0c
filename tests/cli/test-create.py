#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""meir create: what it makes, read with a bencode reader of its own and hashed with Python's."""

import hashlib
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import bencode
from program import HARMFUL, Running, json_lines, meir, on_terminal, refused
from tap import cases, check, equal, main, test

FILES = {"b.bin": 70000, "a/z.txt": 10, "a/empty": 0, "ü/naïve.txt": 33000, "c": 16384}


def fill(length, salt):
    block = hashlib.sha256(salt.encode()).digest()
    return (block * (length // len(block) + 1))[:length]


def write(path, data=b"x"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(data)


def make_files(folder, files=None, name="share"):
    for path, length in (files or FILES).items():
        write(os.path.join(folder, name, path), fill(length, path))
    return os.path.join(folder, name)


def load(folder, name="share.torrent"):
    with open(os.path.join(folder, name), "rb") as stream:
        return bencode.decode(stream.read())


def create(folder, *arguments, **options):
    done = meir(folder, "create", "--path", "share", *arguments, **options)
    check(done.code == 0 and done.err == "", done)
    return done


def pieces_of(data, length):
    return b"".join(hashlib.sha1(data[at:at + length]).digest() for at in range(0, len(data), length))


@test
def folder_torrent(folder):
    """A folder: canonical, files sorted by bytes, every piece's digest right"""
    make_files(folder)
    create(folder)
    with open(os.path.join(folder, "share.torrent"), "rb") as stream:
        raw = stream.read()
    torrent = bencode.decode(raw)
    equal(bencode.encode(torrent), raw, "not canonical")
    info = torrent[b"info"]
    equal(info[b"name"], b"share")
    paths = [b"/".join(file[b"path"]).decode() for file in info[b"files"]]
    equal(paths, sorted(FILES, key=lambda path: path.encode().split(b"/")))
    data = b"".join(fill(FILES[path], path) for path in paths)
    equal([file[b"length"] for file in info[b"files"]], [FILES[path] for path in paths])
    equal(info[b"pieces"], pieces_of(data, info[b"piece length"]))
    check(b"private" not in info and b"announce" not in torrent and b"creation date" in torrent, torrent)


@test
def file_torrent(folder):
    """A file: named after it, written to the current folder, length and digests right"""
    data = fill(1234567, "x")
    write(os.path.join(folder, "deep", "one.bin"), data)
    done = meir(folder, "create", "--path", "deep/one.bin")
    equal(done.code, 0, done)
    info = load(folder, "one.bin.torrent")[b"info"]
    equal((info[b"name"], info[b"length"]), (b"one.bin", len(data)))
    equal(info[b"pieces"], pieces_of(data, info[b"piece length"]))


@test
def summary(folder):
    """The summary tells info-hash, pieces and a magnet link that fit the file"""
    make_files(folder)
    done = create(folder, "--tracker", "https://localhost:6969/announce")
    info_hash = hashlib.sha1(bencode.encode(load(folder)[b"info"])).hexdigest()
    check(re.search(rf"^Info-hash +{info_hash}$", done.out, re.M), done)
    check(f"magnet:?xt=urn:btih:{info_hash}&" in done.out, done)
    check("tr=https%3A%2F%2Flocalhost%3A6969%2Fannounce" in done.out, done)
    check(re.search(r"in 5 files$", done.out, re.M), done)
    check(not HARMFUL.search(done.out), done)


@test
def as_json(folder):
    """--json prints one line that says the same"""
    make_files(folder)
    lines = json_lines(create(folder, "--json").out)
    info = load(folder)[b"info"]
    equal(len(lines), 1)
    equal((lines[0]["event"], lines[0]["name"], lines[0]["files"], lines[0]["bytes"]),
          ("created", "share", len(FILES), sum(FILES.values())))
    equal(lines[0]["info_hash"], hashlib.sha1(bencode.encode(info)).hexdigest())
    equal(lines[0]["pieces"], len(info[b"pieces"]) // 20)


@test
def trackers(folder):
    """Trackers: the first is announce, each --tracker a tier, commas within one"""
    make_files(folder)
    urls = ["https://a.example/announce", "udp://b.example:80,http://c.example/announce"]
    create(folder, "--tracker", urls[0], "--tracker", urls[1])
    torrent = load(folder)
    equal(torrent[b"announce"], urls[0].encode())
    equal(torrent[b"announce-list"], [[urls[0].encode()], [url.encode() for url in urls[1].split(",")]])


@test
def fields(folder):
    """--private, --comment, --source and --web-seed are in it, and where they belong"""
    make_files(folder)
    create(folder, "--private", "--comment", "für dich", "--source", "here", "--web-seed", "https://w.example/x/",
           "--web-seed", "https://v.example/x/")
    torrent = load(folder)
    equal((torrent[b"info"][b"private"], torrent[b"info"][b"source"]), (1, b"here"))
    equal(torrent[b"comment"], "für dich".encode())
    equal(torrent[b"url-list"], [b"https://w.example/x/", b"https://v.example/x/"])


@cases(("16K", "16K", 16384), ("plain", "32768", 32768), ("1M", "1M", 1 << 20), ("64MiB", "64MiB", 64 << 20))
def piece_length(folder, text, expected):
    """--length sets the piece length"""
    make_files(folder)
    create(folder, "--length", text)
    equal(load(folder)[b"info"][b"piece length"], expected)


@test
def reproducible(folder):
    """SOURCE_DATE_EPOCH and --no-date give the same bytes at any time, with any number of threads"""
    make_files(folder)
    made = []
    for threads in ("1", "3"):
        create(folder, "--threads", threads, env={"SOURCE_DATE_EPOCH": "1700000000"})
        equal(load(folder)[b"creation date"], 1700000000)
        create(folder, "--threads", threads, "--no-date", "--output", "none.torrent")
        check(b"creation date" not in load(folder, "none.torrent"))
        for name in ("share.torrent", "none.torrent"):
            with open(os.path.join(folder, name), "rb") as stream:
                made.append(stream.read())
        # Directory order and times are not to matter.
        os.rename(os.path.join(folder, "share", "c"), os.path.join(folder, "share", "tmp"))
        os.rename(os.path.join(folder, "share", "tmp"), os.path.join(folder, "share", "c"))
        os.utime(os.path.join(folder, "share", "c"), (1, 1))
    equal(made[0], made[2])
    equal(made[1], made[3])


@test
def date_is_now(folder):
    """Else the creation date is now"""
    make_files(folder)
    before = int(time.time())
    create(folder)
    check(before <= load(folder)[b"creation date"] <= time.time())


@test
def left_out(folder):
    """Hidden, excluded, linked and special names are left out, counted and said"""
    make_files(folder)
    share = os.path.join(folder, "share")
    write(os.path.join(share, ".hidden"))
    write(os.path.join(share, ".git", "config"))
    write(os.path.join(share, "a", "old.tmp"))
    write(os.path.join(share, "skip", "x"))
    os.symlink("/etc/passwd", os.path.join(share, "link"))
    os.symlink("/etc", os.path.join(share, "dirlink"))
    os.mkfifo(os.path.join(share, "pipe"))
    result = create(folder, "--exclude", "*.tmp", "--exclude", "skip")
    paths = {b"/".join(file[b"path"]).decode() for file in load(folder)[b"info"][b"files"]}
    equal(paths, set(FILES))
    for text in ("2 hidden names", "2 names that --exclude matched", "link (", "dirlink (", "pipe ("):
        check(text in result.out, text, result)
    line = json_lines(create(folder, "--exclude", "*.tmp", "--exclude", "skip", "--json").out)[0]
    equal((line["hidden"], line["excluded"], line["skipped"]), (2, 2, 3))
    create(folder, "--hidden", "--exclude", "*.tmp", "--exclude", "skip")
    paths = {b"/".join(file[b"path"]).decode() for file in load(folder)[b"info"][b"files"]}
    equal(paths, set(FILES) | {".hidden", ".git/config"})


@test
def odd_names(folder):
    """Names with control characters or foreign bytes are kept in the file and harmless on the screen"""
    name = "sh\x1b[31mare\u202e"
    write(os.path.join(folder, name, "a\nb"))
    write(os.path.join(folder.encode(), name.encode(), b"\xff\xfe.bin"))
    os.symlink("x", os.path.join(folder, name, "l\x9bink"))
    done = meir(folder, "create", "--path", name, "--output", "o.torrent")
    check(done.code == 0 and not HARMFUL.search(done.out), done)
    info = load(folder, "o.torrent")[b"info"]
    equal(info[b"name"], name.encode())
    equal([file[b"path"] for file in info[b"files"]], [[b"a\nb"], [b"\xff\xfe.bin"]])


@test
def output_is_replaced_whole(folder):
    """An existing .torrent is replaced, and no temporary stays beside it"""
    make_files(folder)
    os.mkdir(os.path.join(folder, "out"))
    write(os.path.join(folder, "out", "x.torrent"), b"old" * 100000)
    create(folder, "--output", "out/x.torrent")
    equal(os.listdir(os.path.join(folder, "out")), ["x.torrent"])
    check(load(folder, "out/x.torrent")[b"info"])


@test
def current_folder(folder):
    """--path . names the torrent after the folder"""
    share = make_files(folder)
    done = meir(folder, "create", "--path", ".", "--output", "../here.torrent", cwd=share)
    equal(done.code, 0, done)
    equal(load(folder, "here.torrent")[b"info"][b"name"], b"share")
    done = meir(folder, "create", "--path", "./", cwd=share)
    check(done.code == 0 and os.path.exists(os.path.join(share, "share.torrent")), done)


@cases(
    ("an empty folder", {}, ["--path", "empty"], "empty"),
    ("only hidden names", {"h/.x": 1}, ["--path", "h"], "h"),
    ("output in a folder that is not there", {"share/a": 1}, ["--path", "share", "--output", "no/x.torrent"], "no/x"),
    ("output is a folder", {"share/a": 1}, ["--path", "share", "--output", "share"], "share"),
    ("a special file", {}, ["--path", "/dev/null"], "/dev/null"),
)
def impossible(folder, files, arguments, says):
    """What cannot be done is refused"""
    os.mkdir(os.path.join(folder, "empty"))
    for path, length in files.items():
        write(os.path.join(folder, path), fill(length, path))
    refused(folder, "create", *arguments, says=says)


@test
def interrupted(folder):
    """Ctrl-C while it hashes: ends at once, and leaves nothing"""
    os.mkdir(os.path.join(folder, "share"))
    with open(os.path.join(folder, "share", "huge"), "wb") as stream:
        stream.truncate(1 << 40)
    with Running(folder, "create", "--path", "share") as run:
        time.sleep(0.7)
        check(run.process.poll() is None, "it had ended already")
        done, took = run.end(signal.SIGINT)
    equal((done.code, done.out, done.err), (130, "", ""))
    check(took < 5, took)
    equal(os.listdir(folder), ["share"])


@test
def interrupted_while_writing(folder):
    """Ctrl-C at the moment of the write: the whole .torrent or nothing, and never a temporary file"""
    write(os.path.join(folder, "share", "a"), fill(1, "a"))
    outcomes = set()
    for _ in range(12):
        with Running(folder, "create", "--path", "share") as run:
            while run.process.poll() is None and len(os.listdir(folder)) == 1:
                pass
            run.process.send_signal(signal.SIGINT)
            run.process.communicate()
        whole = os.listdir(folder) != ["share"]
        outcomes.add((run.process.returncode, whole))
        # The last: it was through, and only the summary is missing.
        check(outcomes <= {(0, True), (130, False), (-signal.SIGINT, True)}, outcomes, os.listdir(folder))
        if whole:
            equal(sorted(os.listdir(folder)), ["share", "share.torrent"])
            load(folder, "share.torrent")
            os.unlink(os.path.join(folder, "share.torrent"))


@test
def progress(folder):
    """On a terminal it shows a bar while it hashes, fits the width, and takes it away"""
    with open(os.path.join(folder, "huge"), "wb") as stream:
        stream.truncate(1 << 40)
    done = on_terminal(folder, "create", "--path", "huge", columns=60, interrupt_after=r"[█░].*\n.*\d+ %.*[MG]iB/s")
    equal(done.code, 130, done)
    for line in re.split(r"[\r\n]", done.out):
        plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line)
        check(len(plain) < 60, plain)
    check(done.out.endswith("\r\x1b[K\x1b[A\x1b[K"), done.out[-40:])


if __name__ == "__main__":
    main()
