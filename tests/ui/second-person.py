#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another person at the same display, with a home and a bus of their own: opens a link, chooses a folder, downloads.

usage: second-person.py MEIRTORRENT FOLDER LINK NAME

Ends with 0 when NAME lies, complete, in FOLDER/Chosen, was seen to arrive in the list and in its details, and all of it
was encrypted.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
import people  # noqa: E402
from desktop import key, wait_for  # noqa: E402

PROGRAM, FOLDER, LINK, NAME = sys.argv[1:5]
# Slow enough to be looked at.
RATE = 3000


def choose_folder(window, chosen):
    window.press("Change the Folder", title="Add Torrent")
    window.answer_chooser("Save in", chosen)
    window.wait("label", os.path.basename(chosen), exact=False, title="Add Torrent")


def watch_row(window):
    """What the row says changes, and so does what its strip of pieces says to those who cannot see it."""
    row = window.wait_row(NAME, "Downloading from 1 of 1 person")
    strip = next(accessible for accessible in walk(row) if accessible.getRoleName() == "progress bar")
    for accessible in (row, strip):
        before = name_of(accessible)
        wait_for(f"more than {before}", lambda: name_of(accessible) != before)  # pylint: disable=cell-var-from-loop


def watch_details(window):
    """So do the figures, and what is said of the pieces."""
    figure = wait_for("the percentage", lambda: [accessible for accessible in window.find("label", " %", exact=False)
                                                 if name_of(accessible)[:-2].isdigit()])[0]
    here = window.wait("label", "Here ", exact=False)
    for accessible in (figure, here):
        before = name_of(accessible)
        wait_for(f"more than {before}", lambda: name_of(accessible) != before)  # pylint: disable=cell-var-from-loop


def main():
    chosen = os.path.join(FOLDER, "Chosen")
    os.makedirs(chosen)
    people.settings(FOLDER, limit_download="true", download_limit=RATE, encryption="'require'")
    with Window(PROGRAM, FOLDER, LINK) as window:
        window.wait("push button", "Download", exact=False, title="Add Torrent")
        choose_folder(window, chosen)
        window.press("Download", title="Add Torrent")
        watch_row(window)
        window.select(NAME)
        key("Return")
        watch_details(window)
        window.wait("label", "100 %")
        window.wait("label", "100 % of the bytes were encrypted", exact=False)
        window.quit_by_key()


if __name__ == "__main__":
    with desktop.Seat():
        from window import Window, name_of, walk  # needs the buses
        main()
