#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program among others: what it asks the desktop for, and how it heeds what the desktop says.

usage: test-citizen.py MEIR MEIRTORRENT DRAG-SOURCE
"""

import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
import people  # noqa: E402
import portal  # noqa: E402
import program  # noqa: E402
from desktop import wait_for  # noqa: E402
from tap import check, equal, test  # noqa: E402

PROGRAM, DRAG_SOURCE = map(os.path.abspath, sys.argv[2:4])
APP_ID = "io.github.meirtorrent.MeirTorrent"
APP_PATH = "/" + APP_ID.replace(".", "/")
HASH = "b" * 40
LINK = f"magnet:?xt=urn:btih:{HASH}&dn=Night+Train"
SUSPEND = 4


def open_window(folder, *arguments):
    from window import Window  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    return Window(PROGRAM, folder, *arguments, environment=portal.ENVIRONMENT, without=portal.NOT_NEEDED)


def settings(folder, **values):
    """A download is not to ask where it shall go."""
    people.settings(folder, **{"ask_where": "false", **values})


def kept_setting(folder, name):
    """What the file of settings says, or None."""
    with open(os.path.join(folder, "config", "glib-2.0", "settings", "keyfile"), encoding="utf-8") as file:
        match = re.search(rf"^{name}=(.*)$", file.read(), re.M)
    return match and match.group(1)


def activate(action, *arguments):
    """What a click on a notification does."""
    values = ", ".join(f"<'{argument}'>" for argument in arguments)
    subprocess.run(["gdbus", "call", "--session", "--dest", APP_ID, "--object-path", APP_PATH, "--method",
                    "org.freedesktop.Application.ActivateAction", action, f"@av [{values}]", "@a{sv} {}"],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def seed(folder, name, length, url):
    """A torrent in a file, and what it takes to share it."""
    there = os.path.join(folder, "there")
    os.makedirs(there, exist_ok=True)
    data = os.path.join(there, name)
    with open(data, "wb") as file:
        file.write(os.urandom(length))
    torrent = os.path.join(folder, name + ".torrent")
    created = program.meir(folder, "create", "--path", data, "--tracker", url, "--output", torrent)
    info_hash = re.search(r"\b[0-9a-f]{40}\b", created.out).group(0)
    return torrent, info_hash, ("peer", "--torrent", torrent, "--path", there, "--seed", "--bind", "127.0.0.1",
                                "--json", "--state", os.path.join(folder, "state-" + name))


class Elsewhere:
    """The user looks at another window; use as a context."""

    def __init__(self):
        self.process = subprocess.Popen([DRAG_SOURCE, "text"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def __enter__(self):
        self.id = desktop.find_window("Drag Source")
        desktop.activate(self.id)
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()


@test
def done(folder):
    """A download that ends unseen is told of once, opens its folder, and is taken back when the window is seen"""
    settings(folder)
    with portal.Portal() as mock, program.Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1") as tracker:
        url = tracker.wait_for(r"http://\S+/announce").group(0)
        torrent, info_hash, command = seed(folder, "film.bin", 300_000, url)
        with open_window(folder, torrent) as window:
            window.wait_row("film.bin")
            with Elsewhere():
                with program.Running(folder, *command):
                    told = mock.wait("AddNotification", id=f"done-{info_hash}")
                equal(told["title"], "Download is done")
                check("film.bin" in told["body"], told)
                equal(told["default-action"], "app.open-folder")
                equal(told["default-action-target"], info_hash)
                equal([(button["label"], button["action"]) for button in told["buttons"]],
                      [("Open", "app.open-torrent"), ("Show", "app.show-torrent")])
                activate("open-folder", info_hash)
                opened = mock.wait("OpenDirectory")
                equal(opened["path"], os.path.join(window.downloads, "film.bin"))
            window.focus()
            mock.wait("RemoveNotification", id=f"done-{info_hash}")
            equal(len(mock.find("AddNotification")), 1)
            window.quit_by_key()


@test
def show_in_file_manager(folder):
    """Where there is a file manager that can, the file is marked in it"""
    settings(folder)
    with portal.Portal("--file-manager") as mock, \
            program.Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1") as tracker:
        url = tracker.wait_for(r"http://\S+/announce").group(0)
        torrent, info_hash, command = seed(folder, "a song.ogg", 50_000, url)
        with open_window(folder, torrent) as window, program.Running(folder, *command):
            window.wait_row("a song.ogg", "Complete")
            # It was looked at all the while.
            equal(mock.find("AddNotification"), [])
            activate("open-folder", info_hash)
            shown = mock.wait("ShowItems")
            equal(shown["uris"], ["file://" + window.downloads + "/a%20song.ogg"])
            activate("open-folder", "c" * 40)
            window.wait("label", "This torrent is not in the list any more")
            window.quit_by_key()


@test
def metered(folder):
    """A metered network slows down until "Use Anyway"; meanwhile the computer stays awake, unless it saves power"""
    settings(folder)
    with portal.Portal() as mock, program.Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1") as tracker:
        url = tracker.wait_for(r"http://\S+/announce").group(0)
        torrent, _, command = seed(folder, "film.bin", 40_000_000, url)
        mock.say(metered=True)
        with open_window(folder, torrent) as window:
            window.wait_row("film.bin")
            time.sleep(3)  # until the network is believed
            start = time.monotonic()
            with program.Running(folder, *command):
                # 100 kB/s: it takes minutes, and nothing of the sort without a limit.
                mock.wait("Inhibit", flags=SUSPEND)
                mock.say(power_saver=True)
                mock.wait("Close")
                mock.say(power_saver=False)
                mock.wait("Inhibit", 2, flags=SUSPEND)
                check("Complete" not in window.wait_row("film.bin").name)
                activate("use-anyway")
                window.wait_row("film.bin", "Complete")
                check(time.monotonic() - start < 200)
                mock.wait("Close", 2)
            window.quit_by_key()


@test
def unfinished(folder):
    """What is not finished waits in a folder of its own, and moves to where it belongs when it is done"""
    apart = os.path.join(folder, "apart")
    os.makedirs(apart)
    settings(folder, unfinished_folder=f"'file://{apart}'")
    with portal.Portal(), program.Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1") as tracker:
        url = tracker.wait_for(r"http://\S+/announce").group(0)
        torrent, _, command = seed(folder, "film.bin", 500_000, url)
        with open_window(folder, torrent) as window:
            window.wait_row("film.bin")
            window.quit_by_key()
        with open_window(folder) as window, program.Running(folder, *command):
            there = os.path.join(window.downloads, "film.bin")
            window.wait_row("film.bin", "Complete")
            wait_for("the move", lambda: os.path.exists(there) and os.listdir(apart) == [])
            with open(there, "rb") as one, open(os.path.join(folder, "there", "film.bin"), "rb") as other:
                check(one.read() == other.read())
            window.quit_by_key()
        with open_window(folder) as window:
            window.wait_row("film.bin", "Complete")
            equal(os.listdir(apart), [])
            window.quit_by_key()


def close(window):
    window.focus()
    window.press("Close")


@test
def background(folder):
    """Closed while something goes on, it asks for leave, says what it does, and comes back when it is called"""
    settings(folder)
    with portal.Portal() as mock:
        with open_window(folder, LINK) as window:
            window.wait_row("Night Train")
            close(window)
            asked = mock.wait("RequestBackground")
            equal(asked["autostart"], False)
            check(asked["reason"], asked)
            told = mock.wait("AddNotification", id="background")
            equal(told["title"], "Still sharing in the background")
            equal([(button["label"], button["action"]) for button in told["buttons"]], [("Quit", "app.quit")])
            status = mock.wait("SetStatus")["message"]
            check(0 < len(status) <= 96 and "1 left" in status, status)
            equal(window.process.poll(), None)
            window.hand_over()
            window.id = desktop.find_window("MeirTorrent", window.process.pid)
            window.wait_row("Night Train")
            mock.wait("RemoveNotification", id="background")
            # The second time nothing is explained any more.
            close(window)
            mock.wait("RequestBackground", 2)
            time.sleep(1)
            equal(len(mock.find("AddNotification")), 1)
            window.quit(lambda: activate("quit"))


@test
def background_refused(folder):
    """A desktop that does not want it to go on without a window is heeded"""
    settings(folder)
    with portal.Portal() as mock:
        mock.say(background=False)
        with open_window(folder, LINK) as window:
            window.wait_row("Night Train")
            window.quit(lambda: close(window))
        equal(len(mock.find("RequestBackground")), 1)


@test
def background_off(folder):
    """Without the setting, or with nothing to do, it ends with its window"""
    settings(folder, keep_running="false")
    with portal.Portal() as mock:
        with open_window(folder, LINK) as window:
            window.wait_row("Night Train")
            window.quit(lambda: close(window))
        settings(folder)
        with open_window(folder) as window:
            window.wait_row("Night Train")
            activate("pause-all")
            window.wait_row("Night Train", "Paused")
            window.quit(lambda: close(window))
        equal(mock.find("RequestBackground"), [])


@test
def start_at_login(folder):
    """The start at login goes through the portal, with a command that shows no window; a no takes the switch back"""
    settings(folder)
    with portal.Portal() as mock, open_window(folder) as window:
        activate("preferences")
        window.wait("label", "Start at login")
        window.check_names("Preferences")
        wait_for("the portal to be found", lambda: window.find("label", "In the background, without a window"))
        window.wait("check box", "Start at login").queryAction().doAction(0)
        asked = mock.wait("RequestBackground", autostart=True)
        equal(asked["command"], ["meirtorrent", "--gapplication-service"])
        wait_for("the setting", lambda: kept_setting(folder, "start-at-login") == "true")
        window.wait("check box", "Start at login").queryAction().doAction(0)
        mock.wait("RequestBackground", autostart=False)
        mock.say(autostart=False)
        window.wait("check box", "Start at login").queryAction().doAction(0)
        mock.wait("RequestBackground", 2, autostart=True)
        wait_for("the setting", lambda: kept_setting(folder, "start-at-login") == "false")
        window.wait("label", "MeirTorrent cannot be started at login", exact=False)
        window.quit_by_signal()


@test
def empty_drop(folder):
    """A drop of which nothing may be reached opens the chooser of the portal, and says why as long as that is open"""
    settings(folder, keep_running="false")
    reason = "What was dropped cannot be reached from here: choose it instead"
    song = people.make_file(folder, "song.ogg", 70_000)
    with portal.Portal() as mock, open_window(folder) as window:
        mock.say(chosen=None)
        with people.Dragging(DRAG_SOURCE, "--refused") as dragging:
            dragging.drop_on(window)
            mock.wait("Choose", title="Share Files", directory=False)
        window.wait("label", reason)
        mock.say(chosen=["file://" + song])
        window.press("Share", title="Share Files")
        window.wait("push button", "Copy Link")
        window.wait_gone("label", reason)
        window.quit_by_key()


@test
def trash(folder):
    """Files go through the portal's trash, or for good when it refuses; who quits does not wait for it, and is told"""
    settings(folder, keep_running="false")
    with portal.Portal() as mock:
        songs = [people.make_file(folder, os.path.join("Downloads", name), 70_000)
                 for name in ("one.ogg", "two.ogg", "three.ogg")]
        torrents = [os.path.join(folder, os.path.basename(song) + ".torrent") for song in songs]
        for song, torrent in zip(songs, torrents):
            program.meir(folder, "create", "--path", song, "--output", torrent)
        with open_window(folder, *torrents) as window:
            for song in songs:
                window.wait_row(os.path.basename(song), "Complete")
            window.select("one.ogg")
            desktop.key("shift+Delete")
            window.wait_gone("list item", "one.ogg", exact=False)
            window.quit_by_key()
            equal(mock.find("TrashFile"), [{"method": "TrashFile", "path": songs[0]}])
            equal([os.path.exists(song) for song in songs], [False, True, True])
        mock.say(trash=False)
        with open_window(folder) as window:
            window.select("three.ogg", "Complete")
            desktop.key("shift+Delete")
            window.wait_gone("list item", "three.ogg", exact=False)
            window.wait("label", "Removed “three.ogg” with its files")
            # Once there is no way back any more.
            window.wait("label", "could be moved to the trash", exact=False)
            check(os.path.exists(songs[2]), "the file is still there")
            window.press("Delete for Good")
            wait_for("the end of the file", lambda: not os.path.exists(songs[2]))
            window.quit_by_key()
        mock.say(trash=None)
        with open_window(folder) as window:
            window.select("two.ogg", "Complete")
            desktop.key("shift+Delete")
            window.wait_no_rows()
            desktop.key("ctrl+q")
            equal(window.process.wait(timeout=desktop.PATIENCE_SEC), 0, window.said())
            mock.wait("TrashFile", path=songs[1])
            told = mock.wait("AddNotification")
            equal(told["title"], "Files are still there")
            check("two.ogg" in told["body"] and "The trash does not answer" in told["body"], told)


@test
def tracker_page(folder):
    """The page of the tracker reads as well as it looks"""
    settings(folder, tracker_active="true")
    with open_window(folder) as window:
        activate("tracker")
        window.wait("label", ":6969/announce", exact=False)
        window.check_names("Tracker")
        window.quit_by_signal()


@test
def service(folder):
    """Started by the desktop it shows no window, and ends when there is nothing to do"""
    settings(folder)
    with portal.Portal():
        env = {**os.environ, **portal.ENVIRONMENT, "HOME": folder, "XDG_CONFIG_HOME": os.path.join(folder, "config"),
               "XDG_STATE_HOME": os.path.join(folder, "state"), "GSETTINGS_BACKEND": "keyfile", "GSK_RENDERER": "cairo"}
        process = subprocess.Popen([PROGRAM, "--gapplication-service"], env=env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for("its name on the bus", lambda: APP_ID in desktop.output(
                "gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/", "--method",
                "org.freedesktop.DBus.ListNames"))
            equal(desktop.output("xdotool", "search", "--onlyvisible", "--name", "^MeirTorrent$"), "")
            equal(process.wait(timeout=desktop.PATIENCE_SEC), 0)
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    desktop.main()
