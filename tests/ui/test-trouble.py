#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that are lost and disks that are full: what the window says of them, and how it goes on.

usage: test-trouble.py MEIR MEIRTORRENT DRAG-SOURCE
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
import people  # noqa: E402
import portal  # noqa: E402
from desktop import wait_for  # noqa: E402
from people import make_file, read, write_torrent  # noqa: E402
from statuses import shows  # noqa: E402
from swarm import Swarm  # noqa: E402
from tap import Skip, check, equal, test  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[2])
LINK = f"magnet:?xt=urn:btih:{'b' * 40}&dn=Night+Train"
MB = 1_000_000


def open_window(folder, *arguments, wrapper=(), **settings):
    # The portal takes notifications of trouble, and the file chooser is GTK's own.
    return people.open_window(PROGRAM, folder, *arguments, environment={"GTK_USE_PORTAL": "1"}, wrapper=wrapper,
                              **settings)


def open_window_with_portal(folder, *arguments, **settings):
    return people.open_window(PROGRAM, folder, *arguments, environment=portal.ENVIRONMENT, without=portal.NOT_NEEDED,
                              **settings)


def find_again(window, gone, choose):
    """Sees that the folder is missed, and not made anew; says where it is now, and sees that all is well."""
    window.wait_row("film.bin", f"The folder “{os.path.basename(gone)}” cannot be reached")
    check(not os.path.exists(gone))
    window.press("Choose Again")
    choose()
    window.wait_row("film.bin", "Complete · nobody is asking for it now")


@test
@shows("FOLDER_GONE")
def lost_folder(folder):
    """A folder that is moved, before the start or later, is missed, found again by its owner, and nothing is fetched"""
    first, second, third, fourth = (os.path.join(folder, f"{name} Disk") for name in ("One", "Two", "Three", "Four"))
    os.mkdir(first)
    with portal.Portal() as mock, Swarm(folder, "film.bin", 3 * MB) as swarm:
        with open_window(folder, swarm.torrent, download_folder=f"'file://{first}'") as window:
            window.wait_row("film.bin", "Complete")
            window.quit_by_key()
        written = os.stat(os.path.join(first, "film.bin"))
        os.rename(first, second)
        with open_window(folder) as window:
            find_again(window, first, lambda: window.answer_chooser("Choose Folder Again", second))
            os.rename(second, third)
            find_again(window, second, lambda: window.answer_chooser("Choose Folder Again", third))
            window.quit_by_key()
        os.rename(third, fourth)
        with open_window_with_portal(folder) as window:
            mock.say(chosen=["file://" + fourth.replace(" ", "%20")])
            find_again(window, third, lambda: mock.wait("Choose", title="Choose Folder Again", directory=True))
            window.quit_by_key()
        with open_window(folder) as window:
            window.wait_row("film.bin", "Complete")
            window.quit_by_key()
        equal(os.listdir(fourth), ["film.bin"])
        equal(os.stat(os.path.join(fourth, "film.bin")).st_mtime_ns, written.st_mtime_ns)
        equal(read(os.path.join(fourth, "film.bin")) == read(swarm.original), True)


def mount_small_disk(folder, size):
    os.mkdir(folder)
    if os.geteuid() != 0:
        raise Skip("only root may mount a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=False,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skip(f"no small disk can be mounted: {mounted.stderr.strip()}")


@test
@shows("READ_ONLY")
def read_only(folder):
    """A disk that cannot be written to any more is named, with a way to another folder"""
    disk = os.path.join(folder, "Small Disk")
    mount_small_disk(disk, 32 << 20)
    try:
        with portal.Portal(), Swarm(folder, "film.bin", 3 * MB) as swarm:
            with open_window_with_portal(folder, swarm.torrent, download_folder=f"'file://{disk}'",
                                         limit_download="true", download_limit=20) as window:
                window.wait_row("film.bin", "Downloading from 1 of 1 person")
                window.quit_by_key()
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            with open_window_with_portal(folder) as window:
                window.wait_row("film.bin", "The disk of the folder “Small Disk” cannot be written to")
                window.wait("push button", "Change Folder…")
                window.quit_by_key()
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


# Root may write everywhere, but for who has given that up.
PLAIN_USER = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


@test
@shows("NO_PERMISSION")
def no_permission(folder):
    """A folder that one may not write to is named, and in another that is chosen it goes on"""
    closed, opened = (os.path.join(folder, name) for name in ("Closed", "Open"))
    os.mkdir(closed, 0o555)
    os.mkdir(opened)
    torrent, _ = write_torrent(folder, "film.bin")
    with open_window(folder, torrent, wrapper=PLAIN_USER, download_folder=f"'file://{closed}'") as window:
        window.wait_row("film.bin", "The folder “Closed” may not be written to")
        window.press("Change Folder…")
        window.answer_chooser("Move to Folder", opened)
        window.wait_row("film.bin", "Nobody found yet")
        window.quit_by_key()
    equal([os.listdir(closed), os.listdir(opened)], [[], ["film.bin"]])


@test
@shows("FAILED")
def in_the_way(folder):
    """Something in the place of a file is named, and when it is gone it goes on"""
    torrent, _ = write_torrent(folder, "film.bin")
    in_place = os.path.join(folder, "Downloads", "film.bin")
    os.makedirs(in_place)
    with open_window(folder, torrent) as window:
        window.wait_row("film.bin", f"“{in_place}” is not a regular file; move it away or choose another folder")
        os.rmdir(in_place)
        window.press("Try Again")
        window.wait_row("film.bin", "Nobody found yet")
        window.quit_by_key()
        equal(os.path.isfile(in_place), True)


def rows_from_top(window):
    from window import name_of  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    return [name_of(row) for row in sorted(window.find("list item", "", exact=False, title="MeirTorrent"),
                                           key=lambda row: window.center(row)[1])]


@test
@shows("DISK_FULL")
def disk_full(folder):
    """A full disk comes first in the list and says what it needs; with room it goes on by itself"""
    disk = os.path.join(folder, "Small Disk")
    filler = os.path.join(disk, "filler")
    mount_small_disk(disk, 32 << 20)
    try:
        make_file(disk, "filler", 20 << 20)
        with portal.Portal() as mock, Swarm(folder, "film.bin", 24 << 20) as swarm:
            with open_window_with_portal(folder, LINK, swarm.torrent,
                                         download_folder=f"'file://{disk}'") as window:
                window.wait_row("film.bin", "Disk full: needs ", " more in Small Disk")
                desktop.xdotool("mousemove", 0, 0)  # nothing moves under the pointer
                wait_for("what needs attention to be first",
                         lambda: ["film.bin" in row for row in rows_from_top(window)] == [True, False])
                window.press("Free Up…")
                equal(mock.wait("OpenDirectory")["path"], os.path.join(disk, "film.bin"))
                os.remove(filler)
                window.wait_row("film.bin", "Complete")
                equal(read(os.path.join(disk, "film.bin")) == read(swarm.original), True)
                window.quit_by_key()
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


if __name__ == "__main__":
    desktop.main()
