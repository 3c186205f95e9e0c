# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that report in TAP. A test is a function that takes the path of a fresh folder and raises when it fails."""

import inspect
import os
import shutil
import sys
import tempfile
import traceback

_tests = []


class Skip(Exception):
    """Raised by a test that cannot run here."""


def test(function):
    """Decorator: adds a test; its first docstring line is its name."""
    _tests.append((function.__doc__.splitlines()[0], function))
    return function


def cases(*rows):
    """Decorator: a test for every row (name, argument, ...) of a table."""
    def add(function):
        title = function.__doc__.splitlines()[0]
        for name, *arguments in rows:
            _tests.append((f"{title}: {name}", lambda folder, a=tuple(arguments): function(folder, *a)))
        return function
    return add


def check(condition, *details):
    """Fails with the caller's line and the details."""
    if not condition:
        frame = inspect.stack()[1]
        source = (frame.code_context or ["?"])[0].strip()
        raise AssertionError("\n".join([f"{os.path.basename(frame.filename)}:{frame.lineno}: {source}"]
                                       + [repr(detail) for detail in details]))


def equal(value, expected, *details):
    if value != expected:
        raise AssertionError("\n".join([f"is       {value!r}", f"expected {expected!r}"]
                                       + [repr(detail) for detail in details]))


def run():
    """Runs the tests, those whose name holds the text in TAP_ONLY; the exit code."""
    chosen = [entry for entry in _tests if os.environ.get("TAP_ONLY", "") in entry[0]]
    failed = 0
    print(f"1..{len(chosen)}", flush=True)
    for number, (name, function) in enumerate(chosen, 1):
        folder = tempfile.mkdtemp(prefix="meir-test-")
        try:
            function(folder)
            print(f"ok {number} {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} {name} # SKIP {reason}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} {name}")
            print("\n".join("#   " + line for line in traceback.format_exc().splitlines()), flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


def main():
    sys.exit(run())
