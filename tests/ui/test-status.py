#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentence of a row says how it really is with its torrent, with the button that helps.

usage: test-status.py MEIR MEIRTORRENT DRAG-SOURCE

What disks and folders do is in test-trouble.py.
"""

import contextlib
import hashlib
import http.server
import os
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import bencode  # noqa: E402
import desktop  # noqa: E402
import people  # noqa: E402
import portal  # noqa: E402
import program  # noqa: E402
from desktop import key, wait_for  # noqa: E402
from raw_peer import UNCHOKE, RawPeer, bitfield, message  # noqa: E402
from tap import Skip, equal, test  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[2])
PIECE = 1 << 14
N_PIECES = 12


def open_window(folder, *arguments, environment=None, without=(), wrapper=(), **settings):
    from window import Window  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    people.settings(folder, **{"ask_where": "false", "keep_running": "false", "notify": "false",
                               "encryption": "'off'", **settings})
    return Window(PROGRAM, folder, *arguments, environment=environment, without=without, wrapper=wrapper)


def find_port():
    """A port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def write_torrent(folder, name, length=N_PIECES * PIECE, piece_length=PIECE, url=None):
    """A .torrent of a file of zeros that nobody has to make first; its path and its info-hash."""
    n_pieces = -(-length // piece_length)
    last = length - (n_pieces - 1) * piece_length
    digests = hashlib.sha1(bytes(piece_length)).digest() * (n_pieces - 1) + hashlib.sha1(bytes(last)).digest()
    info = {"length": length, "name": name, "piece length": piece_length, "pieces": digests}
    path = os.path.join(folder, name + ".torrent")
    with open(path, "wb") as file:
        file.write(bencode.encode({"info": info, **({"announce": url} if url else {})}))
    return path, hashlib.sha1(bencode.encode(info)).digest()


def write_zeros(folder, name, length):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.truncate(length)


class Refusing(http.server.BaseHTTPRequestHandler):
    """A tracker that knows nothing of it."""

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass

    def do_GET(self):  # pylint: disable=invalid-name
        answer = bencode.encode({"failure reason": "not registered"})
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


@contextlib.contextmanager
def refusing_tracker():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/announce"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def expect(window, name, sentence, button=None):
    """The row says the sentence, and its button is there. What it said last is in the failure."""
    row = window.wait_row(name + ".", sentence)
    if button is not None:
        from window import walk  # pylint: disable=import-outside-toplevel # needs the desktop's buses
        equal([accessible.name for accessible in walk(row) if accessible.getRoleName() == "push button"], [button])


@test
def downloads(folder):
    """What is to be downloaded: from whom it comes, or why it does not"""
    port = find_port()
    names = ("Choked", "Coming", "Spoiled", "Lacking", "Lonely")
    torrents = {name: write_torrent(folder, name) for name in names}
    metadata = b"m" * 20
    with refusing_tracker() as url, contextlib.ExitStack() as stack:
        torrents["Refused"] = write_torrent(folder, "Refused", url=url)
        torrents["Unheard"] = write_torrent(folder, "Unheard", url="http://127.0.0.1:1/announce")
        window = stack.enter_context(open_window(
            folder, *(path for path, _ in torrents.values()),
            f"magnet:?xt=urn:btih:{metadata.hex()}&dn=Listless", listen_port=port, max_downloads=len(torrents) + 1,
            window_height=860))  # all rows are in sight
        expect(window, "Lonely", "Nobody found yet")
        expect(window, "Listless", "Nobody found yet")
        expect(window, "Refused", "Tracker says “not registered”", "Details")
        expect(window, "Unheard", "Nobody listens at the address of the tracker", "Details")

        window.hand_over(write_torrent(folder, "Late")[0])
        expect(window, "Late", "Waiting for its turn (1st)", "Start Now")

        def meet(name, source, **does):
            stack.enter_context(RawPeer(port, torrents[name][1], source, **does))

        everything = bitfield(N_PIECES, N_PIECES)
        meet("Choked", "127.0.0.2", say=everything)
        meet("Coming", "127.0.0.3", say=everything + message(UNCHOKE))
        meet("Coming", "127.0.0.4", say=everything)
        meet("Spoiled", "127.0.0.5", say=everything)
        meet("Spoiled", "127.0.0.7", say=everything + message(UNCHOKE), answers=True)
        meet("Lacking", "127.0.0.6", say=bitfield(N_PIECES, 0))
        stack.enter_context(RawPeer(port, metadata, "127.0.0.8", extended=True))
        expect(window, "Choked", "Waiting for a turn from 1 person")
        expect(window, "Coming", "Downloading from 1 of 2 people", "Pause")
        expect(window, "Spoiled", "1 piece from 127.0.0.7 failed the check and is fetched again")
        expect(window, "Lacking", "1 person connected, none has the missing 12 pieces (0 % is the most anyone has)")
        expect(window, "Listless", "Getting the file list from 1 person")
        window.select("Coming")
        key("space")
        expect(window, "Coming", "Paused", "Resume")
        window.quit_by_key()


@test
def shared(folder):
    """What is here: who wants it, and when it is enough; what is checked, and what waits for it"""
    port = find_port()
    size = 256 << 30
    small = N_PIECES * PIECE
    torrents = {name: write_torrent(folder, name, length)
                for name, length in (("Wanted", 64 << 20), ("Given", small), ("Idle", small))}
    downloads_folder = os.path.join(folder, "Downloads")
    for name, length in (("Wanted", 64 << 20), ("Given", small), ("Idle", small), ("Huge", size), ("Vast", size),
                         ("Endless", size)):
        write_zeros(downloads_folder, name, length)
    with contextlib.ExitStack() as stack:
        window = stack.enter_context(open_window(folder, *(path for path, _ in torrents.values()), listen_port=port,
                                                 stop_at_ratio="true", stop_ratio=0.5))
        for name in torrents:
            expect(window, name, "Complete · nobody is asking for it now")

        def fetch(name, *options):
            away = os.path.join(folder, "away " + name)
            os.mkdir(away)
            return stack.enter_context(program.Running(
                folder, "peer", "--torrent", torrents[name][0], "--path", away, "--bind", "127.0.0.1", "--peer",
                f"127.0.0.1:{port}", "--state", os.path.join(folder, "state " + name), *options))

        fetch("Wanted", "--down-limit", "50")
        fetch("Given", "--exit-when", "complete")
        expect(window, "Wanted", "Sharing with 1 person · given away 0.0 times its size", "Pause")
        expect(window, "Given", "Stopped by your rule · given away ", "Resume")
        # Two are checked at once, and it takes minutes.
        for name in ("Huge", "Vast", "Endless"):
            window.hand_over(write_torrent(folder, name, size, 16 << 20)[0])
            expect(window, name, "Waiting to be checked" if name == "Endless" else "Checking files on disk · ", "Pause")
        window.quit_by_key()


@test
def offline(folder):
    """Without a network, and without an address to be found at, it says so, until there is one"""
    # A machine that has an address is not offline, whatever the portal says: here it has none.
    alone = ("unshare", "-n")
    if subprocess.run([*alone, "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        raise Skip("no network namespace can be made")
    torrent, _ = write_torrent(folder, "Film")
    with portal.Portal() as mock:
        mock.say(available=False)
        with open_window(folder, torrent, wrapper=alone, environment=portal.ENVIRONMENT,
                         without=portal.NOT_NEEDED) as window:
            expect(window, "Film", "No network")
            mock.say(available=True)
            expect(window, "Film", "Nobody found yet")
            window.quit_by_key()


@test
def metered(folder):
    """On a network that costs by the byte it says so, and one may go on"""
    port = find_port()
    torrent, info_hash = write_torrent(folder, "Film")
    with portal.Portal() as mock:
        mock.say(metered=True)
        with open_window(folder, torrent, listen_port=port, environment=portal.ENVIRONMENT,
                         without=portal.NOT_NEEDED) as window:
            expect(window, "Film", "Nobody found yet")
            with RawPeer(port, info_hash, "127.0.0.2", say=bitfield(N_PIECES, N_PIECES) + message(UNCHOKE)):
                expect(window, "Film", "Slowed down on a metered network", "Use Anyway")
                window.press("Use Anyway")
                expect(window, "Film", "Downloading from 1 of 1 person")
            window.quit_by_key()


if __name__ == "__main__":
    desktop.main()
