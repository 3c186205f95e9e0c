#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window as a person uses it: seen by a screen reader, driven by keys, pointer, drag and drop.

usage: test-window.py MEIR MEIRTORRENT DRAG-SOURCE
"""

import os
import sys
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
import people  # noqa: E402
import program  # noqa: E402
from desktop import key, wait_for  # noqa: E402
from people import make_file, read  # noqa: E402
from tap import check, equal, test  # noqa: E402

PROGRAM, DRAG_SOURCE = map(os.path.abspath, sys.argv[2:4])
HASH = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
LINK = f"magnet:?xt=urn:btih:{HASH}&dn=a+b%20c%26d%2F&tr=http%3A%2F%2F127.0.0.1%3A1%2Fannounce"
# What the row says while nobody listens at the tracker's address, and for a moment before that is known.
REFUSED = "Nobody listens at the address of the tracker"


def open_window(folder, *arguments):
    """What is given to it is taken as it is, and it ends with its window; the rest is for the other programs here.

    There is nobody here to show notifications, which a download asks for that ends before the window is active."""
    return people.open_window(PROGRAM, folder, *arguments)


def share(window, what):
    """Drops it on the window, and agrees to what the dialog says."""
    with Dragging(what) as dragging:
        dragging.drop_on(window)
        window.press("Share", title="Share Files")


def Dragging(*what):  # pylint: disable=invalid-name
    return people.Dragging(DRAG_SOURCE, *what)


@test
def empty(folder):
    """The empty window says what to do, and everything that takes the focus has a name"""
    with open_window(folder) as window:
        window.wait("label", "Share and Download Files")
        for name in ("Add a Torrent…", "Share Files…", "Main Menu"):
            window.wait("push button", name, exact=False)
        window.check_names()
        window.quit_by_button()


@test
def download(folder):
    """A torrent given at the start is fetched from a peer; the next start has it, complete, and misses its tracker"""
    data = make_file(folder, "there/film.bin", 3_000_000)
    with program.Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1") as tracker:
        url = tracker.wait_for(r"http://\S+/announce").group(0)
        torrent = os.path.join(folder, "film.torrent")
        program.meir(folder, "create", "--path", data, "--tracker", url, "--output", torrent)
        with program.Running(folder, "peer", "--torrent", torrent, "--path", os.path.join(folder, "there"), "--seed",
                             "--bind", "127.0.0.1", "--json") as seeder:
            # Known to the tracker before the window asks: it does not ask again for minutes.
            seeder.wait_for('"event":"tracker"')
            with open_window(folder, torrent) as window:
                window.wait_row("film.bin", "Complete")
                equal(read(os.path.join(window.downloads, "film.bin")), read(data))
                window.check_names()
                window.quit_by_key()
        with open_window(folder) as window:
            window.wait_row("film.bin", "Complete")
            window.quit_by_signal()
    with open_window(folder) as window:
        window.wait_row("film.bin", REFUSED)
        window.quit_by_signal()


@test
def links(folder):
    """A link comes in by a second start or a paste, byte for byte, and goes out again"""
    with open_window(folder) as window:
        window.hand_over(LINK)
        window.select("a b c&d/")
        desktop.set_clipboard("nothing")
        key("ctrl+c")
        wait_for("the link in the clipboard", lambda: desktop.clipboard() == LINK)
        window.wait("label", "Link copied")

        desktop.set_clipboard(f"  magnet:?xt=urn:btih:{'c' * 40}&dn=pasted\n")
        window.focus()
        key("ctrl+v")
        window.wait_row("pasted")
        desktop.set_clipboard("no link at all")
        key("ctrl+v")
        window.wait("label", "This is no magnet link, and no address of a torrent")
        window.quit_by_key()


@test
def pause(folder):
    """A torrent is paused by the space bar, stays so over a restart, and goes by its menu"""
    with open_window(folder, LINK) as window:
        window.select("a b c&d/", REFUSED)
        key("space")
        window.wait_row("a b c&d/", "Paused")
        window.quit_by_key()
    with open_window(folder) as window:
        row = window.wait_row("a b c&d/", "Paused")
        window.press("Resume")
        window.wait_row("a b c&d/", REFUSED)
        # Right click opens the menu of the row; Escape closes it.
        window.click(row, button=3)
        window.wait("menu item", "Copy Link")
        key("Escape")
        window.wait_gone("menu item", "Copy Link")
        # The same by key, for the row that has the focus.
        window.select("a b c&d/")
        desktop.set_clipboard("nothing")
        key("shift+F10")
        window.choose("Copy Link")
        wait_for("the link in the clipboard", lambda: desktop.clipboard() == LINK)
        window.wait_gone("menu item", "Copy Link")
        window.wait_focus("list item", "a b c&d/")
        key("shift+F10")
        window.choose("Remove From List")
        window.wait("label", "Removed “a b c&d/”", exact=False)
        window.wait_no_rows()
        # And back, and away again.
        key("ctrl+z")
        window.select("a b c&d/")
        key("Delete")
        window.wait_no_rows()
        window.quit_by_key()
    with open_window(folder) as window:
        window.wait("label", "Share and Download Files")
        window.wait_no_rows()
        window.quit_by_key()


@test
def drop_on_page(folder):
    """An address that is dropped on the page of trackers is one of them; a file is shared there as anywhere"""
    song = make_file(folder, "song.ogg", 70_000)
    with open_window(folder, LINK) as window:
        window.select("a b c&d/", REFUSED)
        key("alt+4")
        window.wait("label", "Add a Tracker", exact=False)
        with Dragging("udp://127.0.0.1:9/announce") as dragging:
            dragging.drop_on(window)
            window.wait("label", "Group 2")
        share(window, song)
        window.wait_gone("label", "Drop to", exact=False)
        window.wait("label", "“song.ogg” is ready", exact=False)
        window.wait_shared("song.ogg")
        window.quit_by_key()


@test
def share_by_drop(folder):
    """A folder dropped on the window is shared, and its link leads there"""
    one = make_file(folder, "Summer <b>Trip/one.jpg", 400_000)
    two = make_file(folder, "Summer <b>Trip/deep/two.jpg", 90_000, seed=3)
    make_file(folder, "Summer <b>Trip/.thumbnails", 10)
    with open_window(folder) as window:
        share(window, os.path.join(folder, "Summer <b>Trip"))
        window.wait("label", "“Summer <b>Trip” is ready · 1 hidden or special file was left out")
        window.check_names()
        window.press("Copy Link")
        link = wait_for("the link in the clipboard", lambda: desktop.clipboard().startswith("magnet:")
                        and desktop.clipboard())
        away = os.path.join(folder, "away")
        os.mkdir(away)
        done = program.meir(folder, "peer", "--torrent", link, "--path", away, "--exit-when", "complete")
        equal(done.code, 0, done)
        equal(read(os.path.join(away, "Summer <b>Trip/one.jpg")), read(one))
        equal(read(os.path.join(away, "Summer <b>Trip/deep/two.jpg")), read(two))
        window.quit_by_button()


@test
def share_by_keys(folder):
    """A folder is shared through the chooser, without a pointer"""
    shared = os.path.join(folder, "Papers")
    make_file(folder, "Papers/letter.txt", 5000)
    with open_window(folder) as window:
        window.focus()
        key("ctrl+shift+n")
        window.answer_chooser("Share a Folder", shared)
        desktop.activate(desktop.find_window("Share Files"))
        key("Return")
        window.wait_shared("Papers")
        window.quit_by_key()
    # And once more, to be left by quitting while it is open.
    with open_window(folder) as window:
        window.wait_row("Papers", "Complete")
        key("ctrl+o")
        desktop.find_window("Add Torrents")
        window.quit_by_signal()


@test
def give_up(folder):
    """What takes too long to prepare can be paused, and cancelled"""
    huge = os.path.join(folder, "huge.img")
    with open(huge, "wb") as file:
        file.truncate(200 << 30)
    with open_window(folder) as window:
        share(window, huge)
        window.wait("progress bar", "Preparing “huge.img”", exact=False)
        window.press("Pause")
        window.wait("progress bar", "paused at", exact=False)
        window.press("Resume")
        window.wait_gone("progress bar", "paused at", exact=False)
        window.wait("progress bar", "Preparing “huge.img”", exact=False)
        key("F10")
        window.choose("Pause All")
        window.wait("progress bar", "paused at", exact=False)
        window.press("Cancel")
        share(window, make_file(folder, "small.img", 1000))
        window.wait_shared("small.img")
        equal(len(window.find("list item", ".img", exact=False)), 1)
        # And once more, to be cancelled by quitting.
        share(window, huge)
        window.wait("progress bar", "Preparing “huge.img”", exact=False)
        window.quit_by_key()


def announce(address, info_hash):
    query = urllib.parse.urlencode({"info_hash": info_hash, "peer_id": b"-XX0000-aaaaaaaaaaaa", "port": 7000,
                                    "uploaded": 0, "downloaded": 0, "left": 1, "compact": 1})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{address}?{query}", timeout=desktop.PATIENCE_SEC) as answer:
        return answer.read()


@test
def tracker_switch(folder):
    """The tracker at its switch tracks what is shared here, and nothing else"""
    song = make_file(folder, "song.ogg", 70_000)
    with open_window(folder) as window:
        window.focus()
        key("F10")
        window.choose("Tracker")
        window.wait("label", "Run a tracker", exact=False)
        key("space")
        address = window.wait("label", "http://", exact=False).name.partition("\n")[0]
        key("Escape")
        window.wait_gone("label", "Address to give out")
        check(b"failure reason" in announce(address, b"x" * 20))
        share(window, song)
        window.press("Copy Link")
        link = wait_for("the link in the clipboard", lambda: desktop.clipboard().startswith("magnet:")
                        and desktop.clipboard())
        values = urllib.parse.parse_qs(link.partition("?")[2])
        equal(values["tr"], [address])
        info_hash = bytes.fromhex(values["xt"][0].rpartition(":")[2])
        # The window itself is among the peers: it has told its own tracker.
        wait_for("the window's own announce", lambda: b"5:peers6:" in announce(address, info_hash))
        window.quit_by_key()


if __name__ == "__main__":
    desktop.main()
