#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the source tree against the project's rules; one TAP test a rule.

usage: check-style.py [ROOT]
"""

import os
import sys

import style_interface
import style_layers
import style_text
import style_translations
from style_tree import Tree

RULES = style_layers.RULES + style_text.RULES + style_translations.RULES + style_interface.RULES


def check(tree):
    failed = 0
    print(f"1..{len(RULES)}")
    for number, rule in enumerate(RULES, 1):
        try:
            faults = list(rule(tree))
        except style_text.Unchecked as reason:
            print(f"ok {number} {rule.__doc__} # SKIP {reason}")
            continue
        print(f"{'not ok' if faults else 'ok'} {number} {rule.__doc__}")
        for fault in faults:
            print(f"#   {fault}")
        failed += bool(faults)
    return failed


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "..")
    sys.exit(1 if check(Tree.read(os.path.realpath(root))) else 0)
