# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shared in the tests, and whether it came out the same."""

import filecmp
import os
import random

KIB = 1 << 10
MIB = 1 << 20
CHUNK = 8 * MIB

# In scripts that need one, two, three and four bytes a letter. Without what Transmission replaces: < > : " | ? * \\
WORDS = ["plain", "with space", "Grüße", "Ελλάδα", "Москва", "日本語", "한국어", "שלום", "🦊🌲", "a'b$c&d;e", "-dash",
         "x" * 120]
LENGTHS = [0, 1, 15, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, 40 * KIB]
DEPTH = 20


def make_file(path, length, seed=1):
    """A file of noise, the same for the same seed."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    source = random.Random(seed)
    with open(path, "wb") as stream:
        for begin in range(0, length, CHUNK):
            stream.write(source.randbytes(min(CHUNK, length - begin)))


def make_folder(path, n_files, seed=1):
    """Files of all lengths, some of nothing, in folders deep and empty, with names of many scripts."""
    for index in range(n_files):
        word = WORDS[index % len(WORDS)]
        parents = [f"{WORDS[(index // 7) % len(WORDS)]} {index // 35}"]
        if index % 50 == 3:
            parents += [f"level {level}" for level in range(DEPTH)]
        make_file(os.path.join(path, *parents, f"{word} {index}"), LENGTHS[index % len(LENGTHS)], seed * 100000 + index)
    os.makedirs(os.path.join(path, "empty", "within"), exist_ok=True)


def _files(root):
    return {os.path.relpath(os.path.join(parent, name), root)
            for parent, _, names in os.walk(root) for name in names}


def check_same(original, copy, with_empty_files=True):
    """Fails unless both are equal byte for byte. Folders without a file are not part of a torrent."""
    if os.path.isfile(original):
        pairs = [(original, copy)]
    else:
        wanted, found = _files(original), _files(copy)
        if not with_empty_files:
            wanted = {path for path in wanted if os.path.getsize(os.path.join(original, path))}
        if wanted != found:
            raise AssertionError(f"missing: {sorted(wanted - found)[:9]}, too many: {sorted(found - wanted)[:9]}")
        pairs = [(os.path.join(original, path), os.path.join(copy, path)) for path in sorted(wanted)]
    for one, other in pairs:
        if not os.path.isfile(other) or not filecmp.cmp(one, other, shallow=False):
            raise AssertionError(f"{other} is not {one}")


def total_length(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(path, name)) for name in _files(path))
