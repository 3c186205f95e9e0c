#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every action of the table of actions, by keys alone: by its shortcut in the table, or by walking to it in a menu.

usage: test-keyboard.py MEIR MEIRTORRENT DRAG-SOURCE
"""

import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

import desktop  # noqa: E402
import people  # noqa: E402
import portal  # noqa: E402
import program  # noqa: E402
from desktop import key, wait_for  # noqa: E402
from people import make_file  # noqa: E402
from tap import equal, test  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[2])
TABLE = os.path.join(program.SOURCE_ROOT, "src", "app", "meir-ui-actions.c")
ENTRY = re.compile(r'^  \{ "([^"]+)", N_ \("([^"]+)"\), \w+, \w+, \{ (?:NULL|"([^"]+)")', re.M)
with open(TABLE, encoding="utf-8") as table_file:
    TEXT = table_file.read()
ACTIONS = {name: (label, accel) for name, label, accel in ENTRY.findall(TEXT)}
MODIFIERS = {"<Control>": "ctrl+", "<Shift>": "shift+", "<Alt>": "alt+"}

declared = set()
walked = set()


def walks(*actions):
    """Decorator of a test that walks these actions, and no others."""
    def add(function):
        def walk(folder):
            walked.clear()
            function(folder)
            equal(sorted(walked), sorted(actions))
        walk.__doc__ = function.__doc__
        declared.update(actions)
        return test(walk)
    return add


def press(action):
    """Its shortcut."""
    walked.add(action)
    keys = ACTIONS[action][1]
    for modifier, name in MODIFIERS.items():
        keys = keys.replace(modifier, name)
    key(keys)


def in_row_menu(window, action, label=None):
    """Its entry in the menu of the torrent that has the focus."""
    walked.add(action)
    key("shift+F10")
    window.choose(label or ACTIONS[action][0])


def in_menu(window, action, label=None):
    """The same, where the torrent has the focus again afterwards."""
    name = focused_row(window)
    in_row_menu(window, action, label)
    wait_for_row(window, name)


def in_main_menu(window, action):
    walked.add(action)
    key("F10")
    window.choose(ACTIONS[action][0])


def rows(window, of="Torrents"):
    """The rows of a list: name, whether it is selected, whether the keys go to it."""
    import pyatspi  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    from window import name_of, walk_children  # pylint: disable=import-outside-toplevel # likewise
    states = [(name_of(row), row.getState()) for row in walk_children(window.wait("list", of))]
    return [(name.partition(". ")[0], state.contains(pyatspi.STATE_SELECTED), state.contains(pyatspi.STATE_FOCUSED))
            for name, state in states]


def names_of_rows(window):
    return [name for name, _, _ in rows(window)]


def focused_row(window):
    return next((name for name, _, has_focus in rows(window) if has_focus), None)


def go_on(window):
    """One step by Tab; waits until it is done."""
    before = window.focused()
    key("Tab")
    wait_for("the focus to go on", lambda: window.focused() not in ([], before))


def go_along(window, start, end):
    """From row to row, until there or until the rows have another order."""
    names = names_of_rows(window)
    way = names.index(end) - names.index(start)
    key(*["Down" if way > 0 else "Up"] * abs(way))
    wait_for(f"the focus on {end}", lambda: focused_row(window) == end or names_of_rows(window) != names)


def go_to(window, name):
    """Walks to the row of that torrent: by Tab to the list, and up or down in it."""
    window.focus()
    at = focused_row(window)
    while at != name:
        if at is None:
            go_on(window)
        else:
            go_along(window, at, name)
        at = focused_row(window)


def count_selected(window, of="Torrents"):
    return sum(selected for _, selected, _ in rows(window, of))


def wait_for_row(window, name):
    wait_for(f"the keys to go to the row of {name}", lambda: focused_row(window) == name)


def top_and_bottom(accessible):
    import pyatspi  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    extents = accessible.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    return extents.y, extents.y + extents.height


def wait_for_page(window):
    """Until the keys go to what is on a page of the details, below the header bar with the way back."""
    header = top_and_bottom(window.wait("push button", "Back"))[1]
    try:
        wait_for("the keys to go to the page", lambda: any(top_and_bottom(accessible)[0] >= header
                                                           for accessible in window.each_focused()))
    except AssertionError as late:
        raise AssertionError(f"{late}; they go to {window.focused()}, and the header bar ends at {header}") from late


def opens(window, title, how, *arguments):
    """A window of its own, that goes by Escape."""
    how(*arguments)
    desktop.activate(desktop.find_window(title, window.process.pid))
    key("Escape")
    desktop.wait_no_window(title)
    window.focus()


def tab_to(window, role, name):
    """From one thing to the next until the keys go to what is called so, or so and something more."""
    window.focus()
    at = window.focused()
    while not any(its_role == role and its_name.startswith(name) for its_role, its_name in at):
        before = at
        key("Tab")
        at = wait_for(f"the keys to go on from {before} to {role} {name!r}",
                      lambda last=before: [now for now in [window.focused()] if now != last])[0]


def press_button(window, action, name):
    """Its button, on the way of Tab."""
    walked.add(action)
    tab_to(window, "push button", name)
    key("space")


def link(letter, name, url=None):
    more = f"&tr={urllib.parse.quote(url, safe='')}" if url else ""
    return f"magnet:?xt=urn:btih:{letter * 40}&dn={name.replace(' ', '+')}{more}"


def paste(window, text):
    desktop.set_clipboard(text)
    window.focus()
    press("win.paste")


def open_window(folder, *arguments, **settings):
    return people.open_window(PROGRAM, folder, *arguments, environment=portal.ENVIRONMENT, without=portal.NOT_NEEDED,
                              **settings)


def complete_torrent(folder, name):
    """A torrent of what lies in Downloads already: a file, unless there is a folder."""
    path = os.path.join(folder, "Downloads", name)
    if not os.path.isdir(path):
        make_file(folder, os.path.join("Downloads", name), 300_000)
    torrent = os.path.join(folder, name + ".torrent")
    program.meir(folder, "create", "--path", path, "--output", torrent)
    return torrent


def library(folder):
    with open(os.path.join(folder, "state", "meirtorrent", "library", "library.ini"), encoding="utf-8") as file:
        return file.read()


@walks("app.pause-all", "app.quit", "app.resume-all", "win.ask-more", "win.copy-link", "win.move-down", "win.move-up",
       "win.paste", "win.pause", "win.remove", "win.rename", "win.resume", "win.start-now", "win.toggle-pause",
       "win.undo")
def queue(folder):
    """What waits, rests and goes on: pasted, moved in the queue, paused, renamed, removed, and brought back"""
    with portal.Portal(), people.tracker({"interval": 1800, "peers": ""}) as url:
        with open_window(folder, max_downloads=1) as window:
            paste(window, link("a", "Night Train", url))
            window.wait_row("Night Train", "Nobody found yet")
            paste(window, link("b", "Day Train"))
            window.wait_row("Day Train", "Waiting for its turn (1st)")
            paste(window, link("c", "Last Train"))
            window.wait_row("Last Train", "Waiting for its turn (2nd)")

            go_to(window, "Last Train")
            press("win.move-up")
            window.wait_row("Last Train", "Waiting for its turn (1st)")
            press("win.move-down")
            window.wait_row("Last Train", "Waiting for its turn (2nd)")
            go_to(window, "Last Train")
            in_menu(window, "win.start-now")
            window.wait_row("Last Train", "Nobody found yet")
            press("win.toggle-pause")
            window.wait_row("Last Train", "Paused")
            in_menu(window, "win.resume")
            window.wait_row("Last Train", "Waiting for its turn")
            in_menu(window, "win.pause")
            window.wait_row("Last Train", "Paused")

            in_main_menu(window, "app.pause-all")
            window.wait_row("Night Train", "Paused")
            in_main_menu(window, "app.resume-all")
            window.wait_row("Night Train", "Nobody found yet")

            go_to(window, "Night Train")
            press("win.ask-more")
            # It is asked as soon as it lets itself be asked again, which is a minute after the first time.
            window.wait("label", "Asking for more people")
            desktop.set_clipboard("nothing")
            press("win.copy-link")
            wait_for("the link", lambda: desktop.clipboard() == link("a", "Night Train", url))
            press("win.rename")
            desktop.activate(desktop.find_window("Rename", window.process.pid))
            key("ctrl+a")
            desktop.xdotool("type", "Milk Train")
            key("Return")
            window.wait_row("Milk Train")

            go_to(window, "Milk Train")
            press("win.remove")
            window.wait_gone("list item", "Milk Train", exact=False)
            press("win.undo")
            window.wait_row("Milk Train")
            window.quit(lambda: press("app.quit"))


@walks("app.cancel-share", "app.pause-all", "app.pause-share", "app.try-again", "win.show-all")
def trouble(folder):
    """What goes on by a button: an engine that could not start, what is being prepared, a search that finds nothing"""
    state = os.path.join(folder, "state")
    huge = os.path.join(folder, "huge.img")
    with open(huge, "wb") as file:
        file.truncate(200 << 30)
    with open(state, "w", encoding="utf-8"):
        pass
    with portal.Portal() as mock, open_window(folder) as window:
        window.wait("label", "Cannot Start")
        os.remove(state)
        press_button(window, "app.try-again", "Try Again")
        window.wait("label", "Share and Download Files")

        mock.say(chosen=["file://" + huge])
        key("ctrl+n")
        desktop.activate(desktop.find_window("Share Files", window.process.pid))
        window.press("Share", title="Share Files")
        window.wait("progress bar", "Preparing “huge.img”", exact=False)
        in_main_menu(window, "app.pause-all")
        press_button(window, "app.pause-share", "Resume")
        window.wait_gone("progress bar", "paused at", exact=False)
        press_button(window, "app.pause-share", "Pause")
        window.wait("progress bar", "paused at", exact=False)
        press_button(window, "app.cancel-share", "Cancel")
        window.hand_over(link("a", "Night Train"))
        window.wait_row("Night Train")

        key("ctrl+f")
        desktop.xdotool("type", "day")
        window.wait("label", "Nothing Found")
        press_button(window, "win.show-all", "Show All")
        window.wait_row("Night Train")
        window.quit_by_key()


@walks("app.remove-finished", "win.back", "win.details", "win.details-pane", "win.page::files", "win.page::overview",
       "win.page::people", "win.page::trackers", "win.properties", "win.search", "win.select-all", "win.select-none")
def view(folder):
    """What is looked at: details and their pages, search, choosing all; where one hides the other the keys follow"""
    torrent = complete_torrent(folder, "film.bin")
    with portal.Portal(), open_window(folder, torrent, link("a", "Night Train"), window_width=700) as window:
        window.wait_row("film.bin", "Complete")
        for action in ("win.details", "win.properties"):
            go_to(window, "film.bin")
            press(action)
            window.wait("label", "Here ", exact=False)
            wait_for_page(window)
            press("win.back")
            wait_for_row(window, "film.bin")
        for page, role, name in (("trackers", "label", "Add a Tracker"), ("people", "label", "Nobody Connected"),
                                 ("files", "list item", "film.bin"), ("overview", "label", "Here ")):
            press(f"win.page::{page}")
            window.wait(role, name, exact=False)
            # From whatever it was on, the focus goes to the row, and again to the page.
            press("win.details-pane")
            wait_for_row(window, "film.bin")
            press("win.details-pane")
            wait_for_page(window)
        press("win.details-pane")
        wait_for_row(window, "film.bin")

        press("win.search")
        desktop.xdotool("type", "film")
        window.wait_gone("list item", "Night Train", exact=False)
        key("Escape")
        window.wait_row("Night Train")
        go_to(window, "film.bin")
        press("win.select-all")
        wait_for("both to be selected", lambda: count_selected(window) == 2)
        press("win.select-none")
        wait_for("none to be selected", lambda: count_selected(window) == 0)
        in_main_menu(window, "app.remove-finished")
        window.wait_gone("list item", "film.bin", exact=False)
        window.wait_row("Night Train")
        window.quit_by_key()


@walks("win.details", "win.page::files", "win.undo")
def several_files(folder):
    """Several files are chosen with Shift, or all of them, skipped by one key, and wanted again by one other"""
    for name in "abcd":
        make_file(folder, f"Downloads/Set/{name}.txt", 20_000)
    torrent = complete_torrent(folder, "Set")

    def skipped():
        return [row.name.partition(". ")[0] for row in window.each("list item", "", exact=False)
                if row.name.endswith(". skip")]

    with portal.Portal(), open_window(folder, torrent) as window:
        window.wait_row("Set", "Complete")
        go_to(window, "Set")
        press("win.details")
        wait_for_page(window)
        press("win.page::files")
        window.wait("list item", "d.txt", exact=False)
        while not any(name.startswith("a.txt") for _, name in window.focused()):
            go_on(window)
        key("shift+Down", "shift+Down")
        wait_for("three to be selected", lambda: count_selected(window, "Files") == 3)
        key("space")
        window.wait("label", "3 files are skipped")
        wait_for("all three to be skipped", lambda: len(skipped()) == 3)
        press("win.undo")
        wait_for("all to be wanted again", lambda: not skipped())
        key("ctrl+a")
        wait_for("all to be selected", lambda: count_selected(window, "Files") == 4)
        equal(count_selected(window), 1)
        key("shift+F10")
        window.choose("Skip")
        window.wait("label", "4 files are skipped")
        wait_for("the keys to go to a file", lambda: any(focused for _, _, focused in rows(window, "Files")))
        press("win.undo")
        wait_for("all to be wanted again", lambda: not skipped())
        window.quit_by_key()


@walks("app.about", "app.add", "app.preferences", "app.share-files", "app.share-folder", "app.shortcuts", "app.tracker",
       "window.close")
def windows(folder):
    """The windows beside the main one, and what they are for"""
    torrent = complete_torrent(folder, "song.ogg")
    shared = make_file(folder, "Papers/letter.txt", 5000)
    with portal.Portal() as mock, open_window(folder) as window:
        opens(window, "Preferences", press, "app.preferences")
        opens(window, "Keyboard Shortcuts", press, "app.shortcuts")
        opens(window, "Tracker", in_main_menu, window, "app.tracker")
        opens(window, "About MeirTorrent", in_main_menu, window, "app.about")
        mock.say(chosen=["file://" + torrent])
        press("app.add")
        equal(mock.wait("Choose")["directory"], False)
        window.wait_row("song.ogg", "Complete")
        for count, action, path in ((2, "app.share-files", shared), (3, "app.share-folder", os.path.dirname(shared))):
            mock.say(chosen=["file://" + path])
            opens(window, "Share Files", press, action)
            equal(mock.wait("Choose", count)["directory"], action == "app.share-folder")
        window.quit(lambda: press("window.close"))


@walks("app.use-anyway", "win.events", "win.limit-download", "win.limit-upload", "win.save-torrent")
def more(folder):
    """What is a step deeper: a metered network at full speed, limits of a torrent, its .torrent, and what happened"""
    torrent = complete_torrent(folder, "film.bin")
    saved = os.path.join(folder, "saved.torrent")
    with portal.Portal() as mock:
        mock.say(metered=True)
        with open_window(folder, torrent) as window:
            window.wait_row("film.bin", "Complete")
            in_main_menu(window, "app.use-anyway")
            key("F10")
            window.wait("menu item", "Preferences")
            equal(window.find("menu item", ACTIONS["app.use-anyway"][0]), [])
            key("Escape")
            go_to(window, "film.bin")
            opens(window, "What Happened", in_row_menu, window, "win.events")
            mock.say(chosen=["file://" + saved])
            go_to(window, "film.bin")
            in_menu(window, "win.save-torrent", "Save .torrent File…")
            wait_for("the .torrent", lambda: os.path.exists(saved) and people.read(saved) == people.read(torrent))

            key("alt+1")
            for action, verb, number, word in (("win.limit-download", "Download", 70, "DownLimit"),
                                               ("win.limit-upload", "Upload", 30, "UpLimit")):
                walked.add(action)
                tab_to(window, "spin button", f"{verb} no faster than, in kB/s")
                key("ctrl+a")
                desktop.xdotool("type", str(number))
                key("Return")
                wait_for(f"{word} on record", lambda line=f"{word}={number}000": line in library(folder))
            window.quit_by_key()


@walks("win.cancel-move", "win.move")
def moving(folder):
    """A move that takes long is given up; what has no list of files yet goes elsewhere, too"""
    size = 256 << 30
    torrent, _ = people.write_torrent(folder, "Huge", size, 16 << 20)
    other = os.path.join(folder, "Other Disk")
    # What is there already, and the same, is compared instead of being copied: so much takes minutes.
    people.write_zeros(other, "Huge", size)
    with portal.Portal() as mock, open_window(folder, torrent, link("a", "Night Train")) as window:
        mock.say(chosen=["file://" + urllib.parse.quote(other)])
        window.wait_row("Huge", "Nobody found yet")
        go_to(window, "Huge")
        in_menu(window, "win.move", "Move to Folder…")
        window.wait_row("Huge", "Moving to another folder · ")
        in_menu(window, "win.cancel-move")
        window.wait("label", "Moving was cancelled; “Huge” stays where it was")
        window.wait_row("Huge", "Nobody found yet")
        equal([os.stat(os.path.join(place, "Huge")).st_size for place in (window.downloads, other)], [size, size])

        go_to(window, "Night Train")
        in_menu(window, "win.move", "Move to Folder…")
        wait_for("the other folder on record", lambda: library(folder).count("Other%20Disk") == 1)
        window.quit_by_key()


@walks("win.choose-again", "win.move", "win.open", "win.play-order", "win.recheck", "win.remove-with-files",
       "win.show-folder", "win.undo")
def files(folder):
    """What lies on the disk: opened, shown, checked, moved, found again, and put into the trash"""
    torrent = complete_torrent(folder, "film.bin")
    other, third = (os.path.join(folder, name) for name in ("Other", "Third"))
    os.mkdir(other)
    with portal.Portal() as mock, open_window(folder, torrent, max_downloads=1) as window:
        here = os.path.join(window.downloads, "film.bin")
        window.wait_row("film.bin", "Complete")
        go_to(window, "film.bin")
        press("win.open")
        mock.wait("OpenFile")
        window.focus()
        press("win.show-folder")
        mock.wait("OpenDirectory")

        with open(here, "r+b") as file:
            was = file.read(1)
            file.seek(0)
            file.write(bytes([was[0] ^ 1]))
        go_to(window, "film.bin")
        in_menu(window, "win.recheck")
        window.wait_row("film.bin", "Nobody found yet")
        in_menu(window, "win.play-order")
        wait_for("the order to be remembered", lambda: "PlayOrder=true" in library(folder))
        with open(here, "r+b") as file:
            file.write(was)
        go_to(window, "film.bin")
        in_menu(window, "win.recheck")
        window.wait_row("film.bin", "Complete")

        mock.say(chosen=["file://" + other])
        go_to(window, "film.bin")
        in_menu(window, "win.move", "Move to Folder…")
        wait_for("the file in the other folder", lambda: os.path.exists(os.path.join(other, "film.bin"))
                 and not os.path.exists(here))
        window.wait_row("film.bin", "Complete")
        os.rename(other, third)
        window.wait_row("film.bin", "cannot be reached")
        go_to(window, "film.bin")
        mock.say(chosen=["file://" + third])
        in_menu(window, "win.choose-again", "Choose Folder Again…")
        window.wait_row("film.bin", "Complete")

        press("win.remove-with-files")
        window.wait_no_rows()
        press("win.undo")
        window.wait_row("film.bin", "Complete")
        go_to(window, "film.bin")
        press("win.remove-with-files")
        window.wait_no_rows()
        window.quit_by_key()
        equal(mock.wait("TrashFile")["path"], os.path.join(third, "film.bin"))


@test
def all_of_them(folder):
    """Nothing in the table is left out, nor anything walked that is not in it"""
    del folder
    equal(len(ACTIONS), TEXT.count("N_ ("), "a row that cannot be read")
    equal(sorted(declared ^ set(ACTIONS)), [])


if __name__ == "__main__":
    desktop.main()
