#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose a leak is: the judge of it, and a walk through the windows with whole stacks.

usage: test-leaks.py MEIR MEIRTORRENT DRAG-SOURCE
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
import leaks  # noqa: E402
import people  # noqa: E402
import program  # noqa: E402
from desktop import key  # noqa: E402
from people import make_file  # noqa: E402
from tap import equal, test  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[2])
WHOLE_STACKS = "detect_leaks=1:strict_string_checks=1:fast_unwind_on_malloc=0"

MALLOC = "    #0 0x7fa11eab89cf in __interceptor_malloc ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:69\n"
LIBRARY = "    #1 0x7fa11e921658 in g_malloc (/lib/x86_64-linux-gnu/libglib-2.0.so.0+0x5a658)\n"
OURS = "    #2 0x55d0c1a2 in meir_ui_row_new ../src/app/meir-ui-row.c:31\n"
STRIPPED = "    #2 0x55d0c1a2  (/build/src/app/meirtorrent+0x1df14)\n"


def report(records, total):
    return ("before\n=====\n==7==ERROR: LeakSanitizer: detected memory leaks\n\n"
            + "\n".join(f"Direct leak of 64 byte(s) in 1 object(s) allocated from:\n{frames}" for frames in records)
            + "\n-----\nSuppressions used:\n-----\n\n"
            + f"SUMMARY: AddressSanitizer: {total} byte(s) leaked in 1 allocation(s).\n")


@test
def judged(folder):
    """A leak counts where a frame of ours is in it, or where there is much of it, and nothing else is forgiven"""
    del folder
    foreign = report([MALLOC + LIBRARY] * 2, 128)
    equal(leaks.forgive(foreign, 1), ("before\n", 0))
    equal(leaks.forgive(foreign + "WARNING", 1), ("before\nWARNING", 0))
    for ours in (report([MALLOC + LIBRARY, MALLOC + LIBRARY + OURS], 128), report([MALLOC + LIBRARY + STRIPPED], 64),
                 report([MALLOC + OURS + LIBRARY], 64), report([""], 64), report([], 64),
                 report([MALLOC + LIBRARY], leaks.FOREIGN_BYTES_MAX + 1), "", "runtime error: shift"):
        equal(leaks.forgive(ours, 1), (ours, 1))


def walk_through(window):
    """Each window beside the main one, opened and closed by keys: nobody asks what is in it, which would take long."""
    for keys, title in (("ctrl+comma", "Preferences"), ("F1", "Keyboard Shortcuts"), ("F2", "Rename")):
        window.focus()
        key(keys)
        desktop.activate(desktop.find_window(title, window.process.pid))
        key("Escape")
        desktop.wait_no_window(title)
    window.focus()
    for keys in ("Return", "alt+1", "alt+2", "alt+3", "alt+4", "Escape", "ctrl+f", "Escape", "space", "space"):
        key(keys)


@test
def whole(folder):
    """What was opened and closed leaves nothing behind"""
    from window import Window  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    people.settings(folder, ask_where="false", keep_running="false")
    torrents = []
    for number in range(3):
        data = make_file(folder, f"there/film{number}.bin", 300_000, number + 1)
        torrents.append(os.path.join(folder, f"{number}.torrent"))
        program.meir(folder, "create", "--path", data, "--tracker", "http://127.0.0.1:1/announce",
                     "--output", torrents[-1])
    with Window(PROGRAM, folder, *torrents, environment={"ASAN_OPTIONS": WHOLE_STACKS}) as window:
        window.wait_row("film0.bin")
        window.select("film0.bin")
        walk_through(window)
        window.quit_by_key()


if __name__ == "__main__":
    desktop.main()
