# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the built `meir` as a person or a script would, and checks what holds for every run of it."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

MEIR = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "meir"
SOURCE_ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
TIMEOUT_SEC = 60
SHOWN_CHARS = 3000

# What must never reach a terminal from a text of somebody else: C0 but for the line break, DEL, C1, and what
# changes the direction of text or is not seen.
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
# The same for JSON, where invisible characters are kept: what steers a terminal or turns its text around.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
SANITIZER = re.compile(r"(?:Address|Leak|UndefinedBehavior)Sanitizer|runtime error:")


def shorten(text):
    return text if len(text) <= SHOWN_CHARS else f"[…]{text[-SHOWN_CHARS:]}"


class Done:
    """A run that has ended."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    def __repr__(self):
        return f"exit code {self.code}\n-- stdout\n{shorten(self.out)}\n-- stderr\n{shorten(self.err)}"


def environment(folder, **more):
    """Nothing of the user's own folders, settings or language; a value of None takes a variable away."""
    env = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": folder, "TMPDIR": folder, "TERM": "xterm"}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        env[name] = os.path.join(folder, "." + name.lower())
    for name in ("NO_COLOR", "SOURCE_DATE_EPOCH"):
        env.pop(name, None)
    env.update({name: value for name, value in more.items() if value is not None})
    for name in [name for name, value in more.items() if value is None]:
        env.pop(name, None)
    return env


def decode(text):
    return text.decode("utf-8", "surrogateescape")


def judge(done):
    """What holds for every run: no sanitizer report, no crash, errors in one line."""
    if SANITIZER.search(done.err):
        raise AssertionError(f"a sanitizer complains\n{done!r}")
    if done.code is None or done.code < 0:
        raise AssertionError(f"it crashed\n{done!r}")
    if "CRITICAL" in done.err or "WARNING" in done.err:
        raise AssertionError(f"GLib complains\n{done!r}")
    return done


def meir(folder, *arguments, env=None, cwd=None, stdin=subprocess.DEVNULL, timeout=TIMEOUT_SEC):
    """Runs to the end, with pipes for its output."""
    ran = subprocess.run([MEIR, *arguments], env=environment(folder, **(env or {})), cwd=cwd or folder, stdin=stdin,
                         capture_output=True, timeout=timeout, check=False)
    return judge(Done(ran.returncode, decode(ran.stdout), decode(ran.stderr)))


def snapshot(folder):
    """Every path below the folder with its size: to see that nothing was written."""
    found = {}
    for parent, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(parent, name)
            status = os.lstat(path)
            found[os.path.relpath(path, folder)] = (status.st_mode, status.st_size if name in names else 0)
    return found


def refused(folder, *arguments, says="", **options):
    """Runs what must end with exit code 2, one sentence of reason, and nothing written."""
    before = snapshot(folder)
    done = meir(folder, *arguments, **options)
    after = snapshot(folder)
    good = done.code == 2 and done.out == "" and re.fullmatch(r"meir: [A-Z“-][^\n\"]+[^\n.]\n", done.err) is not None
    if not good or says not in done.err or HARMFUL.search(done.err[:-1]) or before != after:
        raise AssertionError(f"wanted: exit code 2, one line with {says!r}, nothing written\n{done!r}\n"
                             f"changed on disk: {set(before.items()) ^ set(after.items())}")
    return done


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


class Running:
    """A run that goes on, with pipes for its output; use as a context."""

    def __init__(self, folder, *arguments, wrapper=()):
        self.process = subprocess.Popen([*wrapper, MEIR, *arguments], env=environment(folder), cwd=folder,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.seen = b""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()

    def wait_for(self, pattern, timeout=TIMEOUT_SEC):
        """Reads standard output until the pattern (of text) is in it; the match."""
        deadline = time.monotonic() + timeout
        while True:
            match = re.search(pattern, decode(self.seen))
            if match:
                return match
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self.process.stdout], [], [], max(left, 0))
            more = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not more:
                self.process.kill()
                raise AssertionError(f"no {pattern!r} in\n{shorten(decode(self.seen))}\n-- stderr\n"
                                     f"{decode(self.process.stderr.read())}")
            self.seen += more

    def end(self, signal_number=None, timeout=TIMEOUT_SEC):
        """Sends the signal, if any, and waits for the end; what it was, and the seconds it took."""
        start = time.monotonic()
        if signal_number is not None:
            self.process.send_signal(signal_number)
        out, err = self.process.communicate(timeout=timeout)
        took = time.monotonic() - start
        return judge(Done(self.process.returncode, decode(self.seen + (out or b"")), decode(err))), took


def on_terminal(folder, *arguments, env=None, columns=80, interrupt_after=None, timeout=TIMEOUT_SEC):
    """Runs to the end on a terminal of its own; standard output and error come out as one.

    With interrupt_after (a pattern), Ctrl-C is typed once that is on the screen.
    """
    parent, child = pty.openpty()
    subprocess.run(["stty", "rows", "24", "cols", str(columns)], stdin=child, check=True)
    process = subprocess.Popen([MEIR, *arguments], env=environment(folder, **(env or {})), cwd=folder, stdin=child,
                               stdout=child, stderr=child, start_new_session=True)
    os.close(child)
    seen = b""
    deadline = time.monotonic() + timeout
    while True:
        ready, _, _ = select.select([parent], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            process.kill()
            raise AssertionError(f"out of time; on the screen:\n{shorten(decode(seen))}")
        try:
            more = os.read(parent, 65536)
        except OSError:  # the other side is closed
            more = b""
        if not more:
            break
        seen += more
        if interrupt_after and re.search(interrupt_after, decode(seen)):
            interrupt_after = None
            process.send_signal(signal.SIGINT)
    os.close(parent)
    process.wait(timeout=timeout)
    text = decode(seen).replace("\r\n", "\n")
    return judge(Done(process.returncode, text, text))
