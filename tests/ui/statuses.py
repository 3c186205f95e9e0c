# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences of meir-ui-status.c: a part of a program says which it shows in the window, and is held to it."""

import ast
import functools
import glob
import os
import re

import program
from tap import equal

HEADER = os.path.join(program.SOURCE_ROOT, "src", "app", "meir-ui-status.h")
PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "test-*.py")

# Kind of status to what a row says. The text of TRACKER_FAILED and of FAILED is the engine's: there are others.
SENTENCES = {
    "LOADING": r"Looking at what is there$",
    "METADATA": r"Getting the file list from \d+ pe",
    "NOBODY": r"Nobody found yet",
    "DOWNLOADING": r"Downloading from \d+ of \d+ pe",
    "CHOKED": r"Waiting for a turn from \d+ pe",
    "UNAVAILABLE": r"\d+ p\w+ connected, none has the missing .*\(\d+ % is the most anyone has\)$",
    "BAD_DATA": r"\d+ pieces? from \S+ failed the check and \w+ fetched again$",
    "METERED": r"Slowed down on a metered network$",
    "OFFLINE": r"No network$",
    "TRACKER_REFUSED": r"Tracker says “.*”",
    "TRACKER_FAILED": r"Nobody listens at the address of the tracker",
    "QUEUED": r"Waiting for its turn \(\d+\w\w\)$",
    "CHECK_QUEUED": r"Waiting to be checked$",
    "CHECKING": r"Checking files on disk · \d+ %",
    "MOVING": r"Moving to another folder · \d+ %",
    "SHARING": r"Sharing with \d+ p\w+ · given away [\d.]+ times its size$",
    "COMPLETE": r"Complete · nobody is asking for it now$",
    "FINISHED": r"All that you chose is here · nobody is asking for it now$",
    "PAUSED": r"Paused$",
    "STOPPED_BY_RULE": r"Stopped by your rule · given away [\d.]+ times its size$",
    "DISK_FULL": r"Disk full: needs .* more in ",
    "READ_ONLY": r"The disk of the folder “.*” cannot be written to$",
    "NO_PERMISSION": r"The folder “.*” may not be written to$",
    "FOLDER_GONE": r"The folder “.*” cannot be reached$",
    "FAILED": r"“.*” is not a regular file; move it away or choose another folder$",
}

# What rows said that were waited for, since the part began.
told = []


def shows(*kinds):
    """Decorator, below @test: fails a part that waits for no row with a sentence of each of these kinds."""
    def decorate(part):
        @functools.wraps(part)
        def run(folder):
            told.clear()
            part(folder)
            equal([kind for kind in kinds if not any(re.search(r"\. " + SENTENCES[kind], row) for row in told)], [],
                  told)
        return run
    return decorate


def find_shown(path):
    """The kinds that parts in that program are held to."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    decorators = [decorator for function in tree.body if isinstance(function, ast.FunctionDef)
                  for decorator in function.decorator_list if isinstance(decorator, ast.Call)]
    return {argument.value for call in decorators if getattr(call.func, "id", None) == "shows"
            for argument in call.args}


def check_all():
    """Fails when there is a kind of status that no part of any program shows."""
    with open(HEADER, encoding="utf-8") as file:
        kinds = sorted(re.findall(r"^  MEIR_UI_STATUS_(\w+),", file.read(), re.M))
    equal(sorted(SENTENCES), kinds)
    equal(sorted(set().union(*map(find_shown, glob.glob(PROGRAMS)))), kinds)
