# SPDX-License-Identifier: GPL-3.0-or-later
"""The built meirtorrent, used through what it tells assistive technology, and through keys and pointer."""

import itertools
import os
import signal
import subprocess
import time

import pyatspi
from gi.repository import Atspi

import desktop
import leaks
import statuses
from desktop import wait_for
from tap import check, equal

TITLE = "MeirTorrent"
COMPLAINTS = ("WARNING", "CRITICAL", "Sanitizer", "runtime error:")
CLASS_PREFIXES = ("Gtk", "Adw", "MeirUi")
ISOLATES = str.maketrans("", "", "\u2068\u2069")
# Who closes the window may turn to something else. Sanitizers look for leaks before the end.
QUIT_SEC = 2
QUIT_SANITIZED_SEC = 30


def walk_children(accessible):
    try:
        children = [accessible.getChildAtIndex(i) for i in range(accessible.childCount)]
    except Exception:  # pylint: disable=broad-except
        return
    yield from (child for child in children if child is not None)


def walk(accessible):
    """The accessible and all below it. What vanishes meanwhile is left out."""
    yield accessible
    for child in walk_children(accessible):
        yield from walk(child)


def walk_ours(accessible):
    """Like walk, without what GTK's own dialogs consist of."""
    if name_of(accessible).startswith(("GtkFileChooser", "GtkAboutDialog")):
        return
    yield accessible
    for child in walk_children(accessible):
        yield from walk_ours(child)


def is_doubled(name):
    half = len(name) // 2
    return name != "" and name[:half] == name[half + 1:]


def name_of(accessible):
    try:
        return (accessible.name or "").translate(ISOLATES)
    except Exception:  # pylint: disable=broad-except
        return ""


def role_of(accessible):
    """What vanishes meanwhile has none."""
    try:
        return accessible.getRoleName()
    except Exception:  # pylint: disable=broad-except
        return ""


def has_focus(accessible):
    try:
        return accessible.getState().contains(pyatspi.STATE_FOCUSED)
    except Exception:  # pylint: disable=broad-except
        return False


def first(accessibles):
    """A list of the first, or of none: an accessible without children counts as false."""
    return list(itertools.islice(accessibles, 1))


def shows(accessible):
    """Whether it has been given a place. GTK 4.8 does not tell what is on a page that is turned away from."""
    if not accessible.getState().contains(pyatspi.STATE_VISIBLE):
        return False
    extents = accessible.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    return extents.width > 0 and extents.height > 0


class Window:
    """A run of the program, in folders of its own below @folder; use as a context."""

    def __init__(self, program, folder, *arguments, environment=None, without=(), wrapper=()):
        self.program = program
        self.wrapper = wrapper
        self.folder = folder
        self.downloads = os.path.join(folder, "Downloads")
        config = os.path.join(folder, "config")
        os.makedirs(self.downloads, exist_ok=True)
        os.makedirs(config, exist_ok=True)
        with open(os.path.join(config, "user-dirs.dirs"), "w", encoding="utf-8") as file:
            file.write('XDG_DOWNLOAD_DIR="$HOME/Downloads"\n')
        self.env = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": config,
                    "XDG_STATE_HOME": os.path.join(folder, "state"), "GSK_RENDERER": "cairo",
                    "GDK_DEBUG": "gl-disable", "GSETTINGS_BACKEND": "keyfile", "ADW_DISABLE_PORTAL": "1",
                    "G_DEBUG": "fatal-warnings"}
        self.env.update(environment or {})
        for name in ("GTK_A11Y", *without):
            self.env.pop(name, None)
        self.log_path = os.path.join(folder, "window.log")
        self.log = open(self.log_path, "w", encoding="utf-8")  # pylint: disable=consider-using-with
        self.process = self.spawn(*arguments)
        self.id = None

    def __enter__(self):
        try:
            wait_for("the program among the accessible ones", self.application)
            self.id = desktop.find_window(TITLE, self.process.pid)
            self.focus()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()

    def spawn(self, *arguments):
        return subprocess.Popen([*self.wrapper, self.program, *arguments], env=self.env, cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def hand_over(self, *arguments):
        """Starts it a second time, with something for the first."""
        second = self.spawn(*arguments)
        if second.wait(timeout=desktop.PATIENCE_SEC) != 0:
            raise AssertionError(f"the second start ends with {second.returncode}\n{self.said()}")

    def focus(self):
        desktop.activate(self.id)

    def said(self):
        self.log.flush()
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    # Looking.

    def application(self):
        if self.process.poll() is not None:
            raise AssertionError(f"it ended with {self.process.returncode}\n{self.said()}")
        root = pyatspi.Registry.getDesktop(0)
        for i in range(root.childCount):
            child = root.getChildAtIndex(i)
            try:
                if child is not None and child.get_process_id() == self.process.pid:
                    # What is remembered is forgotten only where a main loop hears of changes.
                    child.set_cache_mask(Atspi.Cache.NONE)
                    return child
            except Exception:  # pylint: disable=broad-except
                continue
        return None

    def walk(self, title=None):
        """What the program shows, or only what its window of that title does; looked up as it is asked for."""
        application = self.application()
        for top in walk_children(application) if application is not None else ():
            if title is None or name_of(top) == title:
                yield from walk(top)

    def everything(self, title=None):
        return list(self.walk(title))

    def each(self, role, name, exact=True, title=None):
        """The shown accessibles of that role whose name is, or holds, the text; looked up as they are asked for."""
        for accessible in self.walk(title):
            try:
                its_name = name_of(accessible)
                matches = its_name == name if exact else name in its_name
                found = matches and accessible.getRoleName() == role and shows(accessible)
            except Exception:  # pylint: disable=broad-except
                continue
            if found:
                yield accessible

    def find(self, role, name, exact=True, title=None):
        return list(self.each(role, name, exact, title))

    def wait(self, role, name, exact=True, title=None):
        """The first of them, as soon as there is one."""
        return wait_for(f"{role} {name!r}", lambda: first(self.each(role, name, exact, title)))[0]

    def wait_gone(self, role, name, exact=True):
        wait_for(f"the end of {role} {name!r}", lambda: not first(self.each(role, name, exact)))

    def wait_row(self, *texts):
        """The row whose name holds all the texts."""
        def matching():
            return first((row, name) for row in self.each("list item", texts[0], exact=False)
                         for name in [name_of(row)] if all(text in name for text in texts))

        try:
            row, name = wait_for(f"a row with {texts}", matching)[0]
            statuses.told.append(name)
            return row
        except AssertionError as late:
            rows = [name_of(row) for row in self.find("list item", "", exact=False)]
            raise AssertionError(f"{late}; the rows are {rows}") from late

    def each_focused(self, title=None):
        """What keys go to; looked up as it is asked for."""
        return (accessible for accessible in self.walk(title) if has_focus(accessible))

    def focused(self, title=None):
        """Role and name of what keys go to."""
        return [(role_of(accessible), name_of(accessible)) for accessible in self.each_focused(title)]

    def wait_focus(self, role, name):
        """Until the keys go to something of that role whose name begins so."""
        try:
            wait_for("the focus", lambda: any(its_role == role and its_name.startswith(name)
                                              for its_role, its_name in self.focused()))
        except AssertionError as late:
            raise AssertionError(f"the focus is on {self.focused()}, not on {role} {name!r}") from late

    def check_names(self, title=None):
        """All of ours that can take the focus, on whatever page it is, has a name, and not that of its class."""
        tops = [top for top in walk_children(self.application()) if title in (None, name_of(top))]
        ours = [accessible for top in tops for accessible in walk_ours(top)
                if accessible.getState().contains(pyatspi.STATE_FOCUSABLE)
                and accessible.getRoleName() != "scroll pane"]
        names = [(accessible.getRoleName(), name_of(accessible)) for accessible in ours]
        check(len(names) >= 3, names)
        equal([(role, name) for role, name in names if name.startswith(CLASS_PREFIXES)], [], names)
        equal([accessible.getRoleName() for accessible in ours if not name_of(accessible) and shows(accessible)], [],
              names)
        # GTK 4.8 says that of a button with an underlined letter twice; all else says it once.
        equal([(role, name) for role, name in names if is_doubled(name) and role != "push button"], [], names)

    def wait_no_rows(self):
        wait_for("the list to be empty", lambda: not first(self.each("list item", "", exact=False)))

    # Doing.

    def press(self, name, title=None):
        """A button by its name; what comes from an underlined label has the name twice (GTK 4.8)."""
        self.wait("push button", name, exact=False, title=title).queryAction().doAction(0)

    def choose(self, name):
        """Walks down the open menu to its item, and takes it."""
        items = []
        steps = 0

        def reached():
            nonlocal steps
            # It may get another item while it is open, once the program has looked at the torrent.
            if steps == 0:
                items[:] = [each for each in self.everything() if role_of(each) == "menu item"]
                steps = len(items)
            names = [name_of(item) for item in items if has_focus(item)]
            if name in names:
                return True
            if names:
                desktop.key("Down")
            steps = steps - 1 if names else 0
            return False

        wait_for(f"the menu item {name}", reached)
        desktop.key("Return")

    def answer_chooser(self, title, path):
        """Types the path of a folder into the file chooser of that title, and agrees."""
        desktop.activate(desktop.find_window(title, self.process.pid))
        desktop.key("slash")
        desktop.xdotool("type", path[1:])
        desktop.key("Return")

    def center(self, accessible, top=None):
        """The middle of a widget, on the screen. @top: the window it is in, when that is not the main one"""
        extents = accessible.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        x, y, _, _ = desktop.geometry(top or self.id)
        return round(x + extents.x + extents.width / 2), round(y + extents.y + extents.height / 2)

    def click(self, accessible, button=1, top=None):
        desktop.xdotool("mousemove", *self.center(accessible, top), "click", button)

    def middle(self):
        x, y, width, height = desktop.geometry(self.id)
        return x + width // 2, y + height // 2

    def select(self, *texts):
        """Clicks the row whose name holds the texts until it says it is selected. A list may make its rows anew."""
        def selected():
            row = self.wait_row(*texts)
            try:
                self.click(row)
                time.sleep(desktop.POLL_SEC * 4)
                return row.getState().contains(pyatspi.STATE_SELECTED)
            except NotImplementedError:
                return False
        wait_for("the row to be selected", selected)

    def wait_shared(self, name):
        """Until the page with its link is shown, which hides the list here; goes back to the list, where its row is."""
        self.wait("push button", "Copy Link")
        self.press("Back")
        self.wait_row(name, "Complete")

    def quit(self, how):
        """Does what ends it; checks that it ends, soon, and without complaint."""
        start = time.monotonic()
        how()
        try:
            code = self.process.wait(timeout=desktop.PATIENCE_SEC)
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"it does not end; the keys go to {self.focused()}") from late
        took = time.monotonic() - start
        said = self.said()
        limit = QUIT_SANITIZED_SEC if is_sanitized(self.program) else QUIT_SEC
        if code != 0:
            said, code = leaks.forgive(said, code)
        if code != 0 or took > limit or any(complaint in said for complaint in COMPLAINTS):
            raise AssertionError(f"it ended with {code} after {took:.1f} s, and said:\n{said}")

    def quit_by_key(self):
        self.focus()
        self.quit(lambda: desktop.key("ctrl+q"))

    def quit_by_button(self):
        self.quit(lambda: self.press("Close"))

    def quit_by_signal(self):
        self.quit(lambda: self.process.send_signal(signal.SIGTERM))


def is_sanitized(program):
    with open(program, "rb") as file:
        return b"__asan_init" in file.read()
