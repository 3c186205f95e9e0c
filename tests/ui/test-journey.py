#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one person's folder to another's: three clicks to share, a link, a download over TLS.

usage: test-journey.py MEIR MEIRTORRENT DRAG-SOURCE
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
from desktop import wait_for  # noqa: E402
from people import Dragging, make_file, read  # noqa: E402
from tap import equal, test  # noqa: E402

PROGRAM, DRAG_SOURCE = map(os.path.abspath, sys.argv[2:4])
SECOND_PERSON = os.path.join(os.path.dirname(os.path.abspath(__file__)), "second-person.py")
NAME = "Summer Trip"


def open_window(folder, *arguments):
    from window import Window  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    return Window(PROGRAM, folder, *arguments)


@test
def from_one_to_another(folder):
    """A folder dropped by one person is shared in two clicks, and another gets it by its link, encrypted"""
    first, second = (os.path.join(folder, name) for name in ("first", "second"))
    files = {name: make_file(os.path.join(first, NAME), name, length, seed)
             for seed, (name, length) in enumerate({"one.mp4": 48_000_000, "deep/two.jpg": 90_000}.items(), 1)}
    with open_window(first) as window:
        with Dragging(DRAG_SOURCE, os.path.join(first, NAME)) as dragging:
            dragging.drop_on(window)
            window.wait("push button", "Share", exact=False, title="Share Files")
        desktop.set_clipboard("nothing")
        window.press("Share", title="Share Files")
        window.press("Copy Link")
        link = wait_for("the link in the clipboard", lambda: desktop.clipboard().startswith("magnet:")
                        and desktop.clipboard())
        os.mkdir(second)
        done = subprocess.run(["/usr/bin/python3", SECOND_PERSON, PROGRAM, second, link, NAME], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=400, check=False)
        equal(done.returncode, 0, done.stdout, done.stderr, window.said())
        for name, path in files.items():
            equal(read(os.path.join(second, "Chosen", NAME, name)) == read(path), True, name)
        window.quit_by_key()


if __name__ == "__main__":
    desktop.main()
