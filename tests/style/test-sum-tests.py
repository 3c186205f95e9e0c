#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""build-aux/sum-tests counts what meson logged: each result, crash and missing log; TAP."""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SUM_TESTS = os.path.join(HERE, "..", "..", "build-aux", "sum-tests")


def entry(result, stdout, code=0):
    return {"name": "some-test", "result": result, "stdout": stdout, "stderr": "why\n", "returncode": code}


# (name, log or None for no log, last line, exit code, a text that must be printed)
CASES = [
    ("all passed", [entry("OK", "1..2\nok 1 a\nok 2 b\n")], "2 passed, 0 failed", 0, ""),
    ("two programs", [entry("OK", "1..1\nok 1 a\n"), entry("OK", "ok 1 b\n1..1\n")], "2 passed, 0 failed", 0, ""),
    ("one failed", [entry("FAIL", "1..2\nok 1 a\nnot ok 2 b\n", 1)], "1 passed, 1 failed", 1, "not ok 2 b"),
    ("crashed half-way", [entry("FAIL", "1..3\nok 1 a\n", -11)], "1 passed, 1 failed", 1, "exit code -11"),
    ("crashed after the last", [entry("FAIL", "1..1\nok 1 a\n", -6)], "1 passed, 1 failed", 1, "why"),
    ("stopped early, exit code 0", [entry("OK", "1..3\nok 1 a\n")], "1 passed, 1 failed", 1, ""),
    ("no plan", [entry("OK", "ok 1 a\n")], "1 passed, 1 failed", 1, ""),
    ("out of time", [entry("TIMEOUT", "", None)], "0 passed, 1 failed", 1, "TIMEOUT"),
    ("exit code alone", [entry("OK", "hello\n")], "1 passed, 0 failed", 0, ""),
    ("skipped ones are said", [entry("OK", "1..2\nok 1 a\nok 2 b # SKIP no\n")], "1 passed, 0 failed", 0, "1 skipped"),
    ("nested results are not counted", [entry("OK", "1..1\n    ok 1 inner\nok 1 a\n")], "1 passed, 0 failed", 0, ""),
    ("nothing at all passed", [], "0 passed, 0 failed", 1, ""),
    ("no log", None, "0 passed, 1 failed", 1, "no test ran"),
]


def run_case(log, last_line, code, said):
    with tempfile.TemporaryDirectory() as folder:
        if log is not None:
            os.mkdir(os.path.join(folder, "meson-logs"))
            with open(os.path.join(folder, "meson-logs", "testlog.json"), "w", encoding="utf-8") as stream:
                stream.writelines(json.dumps(test) + "\n" for test in log)
        done = subprocess.run([SUM_TESTS, folder], capture_output=True, text=True, check=False)
    good = done.returncode == code and done.stdout.split("\n")[-2:] == [last_line, ""] and said in done.stdout
    return good and not done.stderr, done.stdout + done.stderr


def main():
    failed = 0
    print(f"1..{len(CASES)}")
    for number, (name, *case) in enumerate(CASES, 1):
        good, output = run_case(*case)
        print(f"{'ok' if good else 'not ok'} {number} {name}")
        if not good:
            failed += 1
            print("\n".join("#   " + line for line in output.splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
