# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop to use the window on: a display, a window manager, a session bus and assistive technology, all its own.

A second person at the same display has a folder and a bus of their own, in a process of their own: see Seat.
"""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import apart
import tap

PATIENCE_SEC = 90
POLL_SEC = 0.05
NEEDED = ("Xvfb", "openbox", "xdotool", "xclip", "dbus-daemon")
BUS_LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
# A bus without service folders: no portal, no settings daemon, nothing that a test did not start.
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
    <allow own="*"/></policy>
</busconfig>
"""


def wait_for(what, condition, patience=PATIENCE_SEC):
    """Polls until the condition is true; its value. Whoever is looked at gets as long for its work as the look took."""
    deadline = time.monotonic() + patience
    while True:
        start = time.monotonic()
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(max(POLL_SEC, time.monotonic() - start))


def missing():
    """What has to be installed, or None."""
    for program in NEEDED:
        if not shutil.which(program):
            return program
    return None if os.path.exists(BUS_LAUNCHER) else BUS_LAUNCHER


class Seat:
    """A home, a session bus and its assistive technology; use as a context.

    Sets the environment of this process and of what it starts.
    """

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="meir-desktop-")
        self.processes = []

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def spawn(self, *command, **options):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def start(self):
        os.environ.update({"GDK_BACKEND": "x11", "XDG_RUNTIME_DIR": self.folder, "HOME": self.folder})
        config = os.path.join(self.folder, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS_CONFIG.format(folder=self.folder))
        bus = self.spawn("dbus-daemon", f"--config-file={config}", "--print-address", "--nofork",
                         stdout=subprocess.PIPE, text=True)
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        self.spawn(BUS_LAUNCHER, "--launch-immediately", stdout=subprocess.DEVNULL)
        wait_for("the accessibility bus", has_accessibility)


class Desktop(Seat):
    """A seat before a display of its own, with a window manager."""

    def start(self):
        reading, writing = os.pipe()
        # Without -noreset a server begins anew when the last program leaves it: then one that comes just then, such
        # as the window manager after the first look for it, is thrown out.
        self.spawn("Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset",
                   pass_fds=[writing], stdout=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as numbers:
            os.environ["DISPLAY"] = ":" + numbers.readline().strip()
        super().start()
        self.spawn("openbox", stdout=subprocess.DEVNULL)
        wait_for("the window manager", has_wm)


def has_accessibility():
    return "unix:" in output("gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path",
                             "/org/a11y/bus", "--method", "org.a11y.Bus.GetAddress")


def output(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout


def has_wm():
    """xdotool can say which desktop is shown only where a window manager does."""
    return re.fullmatch(r"\d+\s*", output("xdotool", "get_desktop")) is not None


def main():
    """Runs the tests on a desktop of their own, and ends with their exit code."""
    lacking = missing()
    if lacking:
        print(f"1..0 # SKIP {lacking} is not installed")
        sys.exit(0)
    with come_apart(), Desktop():
        code = tap.run()
    sys.exit(code)


def come_apart():
    """Keeps tests that run at the same time from each other: in namespaces, or, where there are none, by turns."""
    if apart.enter() is None:
        # The servers of two networks would take the same number, and with it the same name in here.
        apart.mount_tmpfs("/tmp/.X11-unix", "mode=1777")
        return contextlib.nullcontext()
    turn = open(os.path.join(tempfile.gettempdir(), "meir-ui-tests.lock"), "w", encoding="utf-8")
    fcntl.flock(turn, fcntl.LOCK_EX)
    return turn


def activate(window):
    """Gives it the keys. A window manager that has just started may not have said yet that it can."""
    wait_for("the window to be active",
             lambda: subprocess.run(["xdotool", "windowactivate", "--sync", str(window)], stdin=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL, check=False).returncode == 0)


def xdotool(*arguments):
    subprocess.run(["xdotool", *map(str, arguments)], stdin=subprocess.DEVNULL, check=True)


def key(*names):
    xdotool("key", *names)


def geometry(window):
    """x, y, width, height on the screen."""
    text = output("xdotool", "getwindowgeometry", "--shell", str(window))
    values = dict(line.split("=") for line in text.split())
    return tuple(int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))


def find_window(name, pid=None):
    """The id of the visible window of that name (and that process)."""
    whose = [] if pid is None else ["--all", "--pid", str(pid)]

    def search():
        return output("xdotool", "search", "--onlyvisible", *whose, "--name", f"^{name}$").split()
    return wait_for(f"the window {name}", search)[0]


def wait_no_window(name):
    wait_for(f"the end of the window {name}",
             lambda: not output("xdotool", "search", "--onlyvisible", "--name", f"^{name}$"))


def clipboard():
    return output("xclip", "-selection", "clipboard", "-o")


def set_clipboard(text):
    subprocess.run(["xclip", "-selection", "clipboard", "-i"], input=text, text=True, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def drag(source, start, end):
    """Drags from the middle of one window to a place on the screen, as a hand does: in many small moves."""
    xdotool("windowraise", source)
    xdotool("mousemove", *start, "mousedown", 1)
    for step in range(1, 21):
        at = [round(a + (b - a) * step / 20) for a, b in zip(start, end)]
        xdotool("mousemove", *at)
        time.sleep(0.02)  # a hand is no faster, and the source needs to see the way
    xdotool("mousemove", *end, "mouseup", 1)
