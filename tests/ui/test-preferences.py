#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences, set in their window as a person sets them: they take effect, and are there after a restart.

usage: test-preferences.py MEIR MEIRTORRENT DRAG-SOURCE
"""

import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
import people  # noqa: E402
from desktop import key, wait_for  # noqa: E402
from swarm import Swarm  # noqa: E402
from tap import equal, test  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[2])
TITLE = "Preferences"
LINK = f"magnet:?xt=urn:btih:{'b' * 40}&dn=Night+Train"
RATE = 50


def open_window(folder, *arguments):
    from window import Window  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    return Window(PROGRAM, folder, *arguments)


def open_preferences(window):
    window.focus()
    key("ctrl+comma")
    window.wait("label", "Save in", title=TITLE)
    desktop.activate(desktop.find_window(TITLE, window.process.pid))


def close_preferences():
    key("Escape")
    desktop.wait_no_window(TITLE)


def is_on(window, name):
    import pyatspi  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    return window.wait("check box", name, title=TITLE).getState().contains(pyatspi.STATE_CHECKED)


def switch(window, name):
    before = is_on(window, name)
    window.wait("check box", name, title=TITLE).queryAction().doAction(0)
    wait_for(f"the switch {name}", lambda: is_on(window, name) != before)


def number(window, name):
    return window.wait("spin button", name, title=TITLE).queryValue().currentValue


def type_number(window, name, value):
    """Searches for it, goes to it by Tab, and types."""
    def reached():
        if any(role == "spin button" and its_name == name for role, its_name in window.focused(TITLE)):
            return True
        key("Tab")
        return False
    wait_for(f"the focus on {name}", reached)
    key("ctrl+a")
    desktop.xdotool("type", str(value))
    key("Tab")
    wait_for(f"{value} in {name}", lambda: number(window, name) == value)


def choose(window, name, value):
    """Goes to the row of choices by Tab, unfolds it, and walks down to the one that is wanted."""
    def reached():
        if ("combo box", name) in window.focused(TITLE):
            return True
        key("Tab")
        return False
    wait_for(f"the focus on {name}", reached)
    key("Return")

    def arrived():
        if ("list item", value) in window.focused(TITLE):
            return True
        key("Down")
        return False
    wait_for(f"the choice {value}", arrived)
    key("Return")
    window.wait("label", value, title=TITLE)
    wait_for("the choices to be folded", lambda: ("combo box", name) in window.focused(TITLE))


def unfold(window):
    def reached():
        if ("list item", "Network details") in window.focused(TITLE):
            return True
        key("Tab")
        return False
    wait_for("the focus on the network details", reached)
    key("Return")
    window.wait("label", "Encrypt connections", title=TITLE)


def find_free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def is_open(port):
    try:
        with socket.create_connection(("127.0.0.1", port)):
            return True
    except ConnectionRefusedError:
        return False


@test
def kept(folder):
    """Switches, numbers, a choice and a folder count from now on, and still do after a restart"""
    port = find_free_port()
    chosen = os.path.join(folder, "Chosen Folder")
    os.mkdir(chosen)
    with Swarm(folder, "film.bin", 4_000_000) as swarm:
        with open_window(folder) as window:
            open_preferences(window)
            window.press("Change…", title=TITLE)
            window.answer_chooser("Save Downloads In", chosen)
            window.wait("label", "Chosen Folder", exact=False, title=TITLE)
            desktop.activate(desktop.find_window(TITLE, window.process.pid))
            for name in ("Ask where to save each time", "Limit download", "Keep going in the background",
                         "Tell me when a download is done"):
                switch(window, name)
            type_number(window, "Downloads at the same time", 1)
            type_number(window, "Highest download rate", RATE)
            unfold(window)
            type_number(window, "Port", port)
            wait_for("the new port to be open", lambda: is_open(port))
            window.wait("label", "Nobody outside your network has connected yet", title=TITLE)
            choose(window, "Encrypt connections", "Always")
            close_preferences()
            # Nothing is asked, one after the other is downloaded, and not as fast as could be.
            window.hand_over(swarm.torrent)
            window.wait_row("film.bin", "Downloading from 1 of 1 person")
            window.hand_over(LINK)
            window.wait_row("Night Train", "Waiting for its turn (1st)")
            # It does not go on in the background.
            window.quit_by_button()
        with open_window(folder) as window:
            window.wait_row("Night Train", "Waiting for its turn (1st)")
            open_preferences(window)
            for name, value in (("Ask where to save each time", False), ("Limit download", True),
                                ("Keep going in the background", False), ("Tell me when a download is done", False),
                                ("Keep the computer awake while downloading", True)):
                equal(is_on(window, name), value, name)
            equal(number(window, "Downloads at the same time"), 1)
            equal(number(window, "Highest download rate"), RATE)
            window.wait("label", "Chosen Folder", exact=False, title=TITLE)
            unfold(window)
            window.wait("label", "Always", title=TITLE)
            equal(number(window, "Port"), port)
            equal(is_open(port), True)
            # Without the limit the rest is here at once, and lies where it was to go; then it is the other's turn.
            switch(window, "Limit download")
            close_preferences()
            window.wait_row("film.bin", "Complete")
            equal(people.read(os.path.join(chosen, "film.bin")) == people.read(swarm.original), True)
            window.wait_row("Night Train", "Nobody found yet")
            window.quit_by_key()


if __name__ == "__main__":
    desktop.main()
