#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentence of a row says how it really is with its torrent, with the button that helps.

usage: test-status.py MEIR MEIRTORRENT DRAG-SOURCE

What disks and folders do is in test-trouble.py.
"""

import contextlib
import hashlib
import os
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
import people  # noqa: E402
import portal  # noqa: E402
import program  # noqa: E402
import statuses  # noqa: E402
from desktop import key  # noqa: E402
from people import N_PIECES, PIECE, write_torrent, write_zeros  # noqa: E402
from raw_peer import UNCHOKE, RawPeer, bitfield, message  # noqa: E402
from statuses import shows  # noqa: E402
from tap import Skip, equal, test  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[2])
DIALOG = "Add Torrent"


def open_window(folder, *arguments, **more):
    return people.open_window(PROGRAM, folder, *arguments, **{"encryption": "'off'", **more})


def find_port():
    """A port that is free."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def expect(window, name, sentence, button=None):
    """The row says the sentence, and its button is there. What it said last is in the failure."""
    row = window.wait_row(name + ".", sentence)
    if button is not None:
        from window import walk  # pylint: disable=import-outside-toplevel # needs the desktop's buses
        equal([accessible.name for accessible in walk(row) if accessible.getRoleName() == "push button"], [button])


@test
@shows("NOBODY", "TRACKER_REFUSED", "TRACKER_FAILED", "QUEUED", "CHOKED", "DOWNLOADING", "BAD_DATA", "UNAVAILABLE",
       "METADATA", "PAUSED")
def downloads(folder):
    """What is to be downloaded: from whom it comes, or why it does not"""
    port = find_port()
    names = ("Choked", "Coming", "Spoiled", "Lacking", "Lonely")
    torrents = {name: write_torrent(folder, name) for name in names}
    metadata = b"m" * 20
    with people.tracker({"failure reason": "not registered"}) as url, contextlib.ExitStack() as stack:
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
@shows("COMPLETE", "SHARING", "STOPPED_BY_RULE", "CHECKING", "CHECK_QUEUED")
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
@shows("OFFLINE")
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
@shows("METERED")
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


@test
@shows("FINISHED")
def unticked(folder):
    """Who unticks a file when adding has all that is wanted without it"""
    torrent, _ = write_torrent(folder, "Trip", files=("film.bin", "notes.bin"))
    write_zeros(os.path.join(folder, "Downloads", "Trip"), "film.bin", N_PIECES * PIECE)
    with open_window(folder, ask_where="true") as window:
        window.hand_over(torrent)
        dialog = desktop.find_window(DIALOG, window.process.pid)
        desktop.activate(dialog)
        window.wait("label", "2 of 2 chosen", exact=False, title=DIALOG)
        window.click(window.wait("check box", "Wanted: notes.bin", title=DIALOG), top=dialog)
        window.wait("label", "1 of 2 chosen", exact=False, title=DIALOG)
        window.press("Download", title=DIALOG)
        expect(window, "Trip", "All that you chose is here · nobody is asking for it now")
        window.quit_by_key()
        equal(os.listdir(os.path.join(window.downloads, "Trip")), ["film.bin"])


@test
@shows("LOADING")
def loading(folder):
    """While the disk takes its time over what it has of a torrent, the row says that it is looked at"""
    torrent, info_hash = write_torrent(folder, "Film")
    place = hashlib.sha256(os.path.join(folder, "Downloads").encode()).hexdigest()[:8]
    kept = os.path.join(folder, "state", "meirtorrent", "torrents", f"{info_hash.hex()}-{place}.torrent")
    # Kept from when the link was followed before, on a disk that answers when it is told to: a pipe.
    os.makedirs(os.path.dirname(kept))
    os.mkfifo(kept)
    with open_window(folder, f"magnet:?xt=urn:btih:{info_hash.hex()}&dn=Night+Train") as window:
        expect(window, "Night Train", "Looking at what is there")
        with open(kept, "wb") as pipe:
            pipe.write(people.read(torrent))
        expect(window, "Film", "Nobody found yet")
        window.quit_by_key()


@test
@shows("MOVING")
def moving(folder):
    """A move that takes long says how far it is; it goes back when cancelled, and when another file is in the way"""
    size = 256 << 30
    torrent, _ = write_torrent(folder, "Huge", size, 16 << 20)
    other = os.path.join(folder, "Other Disk")
    # What is there already, and the same, is compared instead of being copied: so much takes minutes.
    write_zeros(other, "Huge", size)
    with open_window(folder, torrent) as window:
        expect(window, "Huge", "Nobody found yet")
        window.select("Huge")
        key("shift+F10")
        window.choose("Move to Folder…")
        window.answer_chooser("Move to Folder", other)
        expect(window, "Huge", "Moving to another folder · ")
        # Meanwhile others go on.
        window.hand_over(write_torrent(folder, "Film")[0])
        expect(window, "Film", "Nobody found yet")
        window.press("Cancel")
        expect(window, "Huge", "Nobody found yet")
        window.select("Huge")
        key("shift+F10")
        window.choose("Move to Folder…")
        window.answer_chooser("Move to Folder", other)
        expect(window, "Huge", "Moving to another folder · ")
        write_zeros(other, "Huge", PIECE)
        expect(window, "Huge", "Nobody found yet")
        window.quit_by_key()
        equal([os.stat(os.path.join(place, "Huge")).st_size for place in (window.downloads, other)], [size, PIECE])


@test
def all_of_them(_):
    """Every kind of status there is, is shown by a part of one of these programs"""
    statuses.check_all()


if __name__ == "__main__":
    desktop.main()
