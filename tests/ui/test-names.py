#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader finds on each page and in each dialog has a name.

usage: test-names.py MEIR MEIRTORRENT DRAG-SOURCE
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
import people  # noqa: E402
import program  # noqa: E402
from desktop import key, wait_for  # noqa: E402
from people import make_file  # noqa: E402
from swarm import Swarm  # noqa: E402
from tap import test  # noqa: E402

PROGRAM, DRAG_SOURCE = map(os.path.abspath, sys.argv[2:4])
LINK = f"magnet:?xt=urn:btih:{'b' * 40}&dn=Night+Train"


def open_window(folder, *arguments, **settings):
    from window import Window  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    people.settings(folder, **{"ask_where": "false", "keep_running": "false", **settings})
    return Window(PROGRAM, folder, *arguments)


def look_at(window, title, open_it):
    """Opens the window of that title, checks the names in it, and closes it."""
    window.focus()
    open_it()
    wait_for(title, lambda: window.everything(title))
    window.check_names(title)
    desktop.activate(desktop.find_window(title, window.process.pid))
    key("Escape")
    wait_for(f"the end of {title}", lambda: not window.everything(title))


def choose_in_main_menu(window, name):
    key("F10")
    window.choose(name)


@test
def pages(folder):
    """The list and each page of the details name all they have, and so do the windows beside them"""
    there = os.path.join(folder, "there")
    make_file(there, "Trip/film.bin", 3_000_000)
    make_file(there, "Trip/deep/two.jpg", 30_000)
    with Swarm(folder, "Trip") as swarm:
        # So slow that there is somebody to see.
        with open_window(folder, swarm.torrent, LINK, limit_download="true", download_limit=10) as window:
            window.wait_row("Night Train")
            window.select("Trip", "Downloading from 1 of 1 person")
            window.check_names()
            key("Return")
            window.wait("label", "Here ", exact=False)
            for number, role, name in ((1, "label", "Here "), (2, "list item", "film.bin"),
                                       (3, "list item", "127.0.0.1"), (4, "push button", "Menu of 127.0.0.1")):
                key(f"alt+{number}")
                window.wait(role, name, exact=False)
                window.check_names()
            key("Escape")
            key("ctrl+f")
            window.wait("entry", "Search torrents and files")
            window.check_names()
            key("Escape")
            window.select("Trip")
            key("ctrl+a")
            window.wait("push button", "Pause 2 Torrents")
            window.check_names()
            key("shift+ctrl+a")
            window.select("Trip")
            for keys, title in (("F2", "Rename"), ("ctrl+comma", "Preferences"), ("F1", "Keyboard Shortcuts")):
                look_at(window, title, lambda: key(keys))  # pylint: disable=cell-var-from-loop
            look_at(window, "Tracker", lambda: choose_in_main_menu(window, "Tracker"))
            window.quit_by_key()


@test
def dialogs(folder):
    """So do the dialogs in which one adds and shares"""
    make_file(folder, "Trip/film.bin", 300_000)
    make_file(folder, "Trip/deep/two.jpg", 30_000)
    torrent = os.path.join(folder, "Trip.torrent")
    program.meir(folder, "create", "--path", os.path.join(folder, "Trip"), "--tracker", "http://127.0.0.1:1/announce",
                 "--output", torrent)
    with open_window(folder, ask_where="true") as window:
        window.hand_over(torrent)
        window.wait("push button", "Download", exact=False, title="Add Torrent")
        window.check_names("Add Torrent")
        window.press("Cancel", title="Add Torrent")
        wait_for("the end of the dialog", lambda: not window.everything("Add Torrent"))
        with people.Dragging(DRAG_SOURCE, os.path.join(folder, "Trip")) as dragging:
            dragging.drop_on(window)
            window.wait("push button", "Share", exact=False, title="Share Files")
            window.check_names("Share Files")
        window.press("Cancel", title="Share Files")
        wait_for("the end of the dialog", lambda: not window.everything("Share Files"))
        window.quit_by_key()


if __name__ == "__main__":
    desktop.main()
