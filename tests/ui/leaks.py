# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose a leak is.

To follow each allocation through libraries without frame pointers is so slow that nobody could use the window. Without
that the stacks end early, and what a library keeps for good can no longer be told by its name: a record counts where
it has a frame of ours, or where there is too much of the rest. tests/ui/test-leaks.py follows each allocation.
"""

import re

# What is kept for good by libraries that lsan.supp names, and more where their records cannot be told.
FOREIGN_BYTES_MAX = 64 * 1024

REPORT = re.compile(r"^=+\n==\d+==ERROR: LeakSanitizer:.*?^SUMMARY: AddressSanitizer: (\d+) byte\(s\) leaked.*?$\n?",
                    re.M | re.S)
RECORD = re.compile(r"^(?:Direct|Indirect) leak of .*?(?=^(?:Direct|Indirect) leak of |^SUMMARY|^-----|\Z)",
                    re.M | re.S)
FRAME = re.compile(r"^\s+#\d+ 0x[0-9a-f]+ +(?:in .* )?(\S.*)$", re.M)
# A frame in a shared library of the system, or in the sanitizer's own stand-in for malloc.
FOREIGN = re.compile(r"\(/(?:usr/)?lib/[^)]*\)$|/libsanitizer/\S*$|^\(<unknown module>\)$")


def is_ours(record):
    frames = FRAME.findall(record)
    return not frames or not all(FOREIGN.search(frame) for frame in frames)


def forgive(said, code):
    """What was said, and how it ended, without a report of leaks in which there is nothing of ours."""
    report = REPORT.search(said)
    if not report or int(report.group(1)) > FOREIGN_BYTES_MAX:
        return said, code
    records = RECORD.findall(report.group(0))
    if not records or any(map(is_ours, records)):
        return said, code
    return said[:report.start()] + said[report.end():], 0
