#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another person at the same display, with a home and a bus of their own: opens a link, chooses a folder, downloads.

usage: second-person.py MEIRTORRENT FOLDER LINK NAME

Ends with 0 when NAME lies, complete, in FOLDER/Chosen, and all of it was seen to arrive, and to be encrypted.
"""

import os
import sys
import time

import desktop
import people
from desktop import key, wait_for

PROGRAM, FOLDER, LINK, NAME = sys.argv[1:5]
# Slow enough to be looked at.
RATE = 3000


def choose_folder(window, chosen):
    window.press("Change the Folder", title="Add Torrent")
    chooser = desktop.find_window("Save in", window.process.pid)
    desktop.activate(chooser)
    key("slash")
    desktop.xdotool("type", chosen[1:])
    key("Return")
    window.wait("label", os.path.basename(chosen), exact=False, title="Add Torrent")


def watch(window):
    """What the row says of its size, and the strip of its pieces, while it goes on."""
    seen = set()

    def complete():
        for row in window.find("list item", NAME, exact=False):
            seen.add(window.name_of(row))
        return any("Complete" in text or "Sharing" in text for text in seen)

    wait_for("the download", complete)
    return seen


def main():
    from window import Window, name_of  # pylint: disable=import-outside-toplevel # needs the buses
    Window.name_of = staticmethod(name_of)
    chosen = os.path.join(FOLDER, "Chosen")
    os.makedirs(chosen)
    people.settings(FOLDER, limit_download="true", download_limit=RATE, encryption="'require'")
    with Window(PROGRAM, FOLDER, LINK) as window:
        window.wait("push button", "Download", exact=False, title="Add Torrent")
        choose_folder(window, chosen)
        window.press("Download", title="Add Torrent")
        window.wait_row(NAME)
        window.select(NAME)
        key("Return")
        window.wait("label", "% of the bytes were encrypted", exact=False)
        start = time.monotonic()
        seen = watch(window)
        if len(seen) < 4:
            raise AssertionError(f"it was not seen to arrive in {time.monotonic() - start:.1f} s: {seen}")
        window.wait("label", "100 % of the bytes were encrypted", exact=False)
        window.quit_by_key()


if __name__ == "__main__":
    with desktop.Seat():
        main()
