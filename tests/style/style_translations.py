# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about what translators get to see."""

import re

MARKED_C = re.compile(r"\b(?:_|N_|C_|NC_|Q_|ngettext|g_dgettext|g_dpgettext2|dngettext|g_dngettext) \(")
BROKEN_C = re.compile(
    r'\b(?:_|N_|C_|ngettext|g_dngettext) \((?:GETTEXT_PACKAGE,)?(?:\s*"(?:[^"\\\n]|\\.)*")+\s*[A-Za-z_]'
)
MARKED_UI = re.compile(r'translatable="(?:yes|true|1)"')
MARKED_SUFFIXES = (".desktop.in", ".desktop.in.in", ".metainfo.xml.in", ".metainfo.xml.in.in", ".gschema.xml.in")


def has_strings(file):
    """Whether xgettext would find something in the file."""
    if file.is_c:
        # Blanked code keeps calls and drops what only looks like one inside a comment or a string.
        return any(MARKED_C.search(line) for line in file.code.split("\n") if not line.startswith("#define"))
    if file.path.endswith(".ui"):
        return MARKED_UI.search(file.text) is not None
    return file.path.endswith(MARKED_SUFFIXES)


def rule_potfiles(tree):
    """po/POTFILES lists every file with strings to translate, and no other"""
    listed = set()
    for line in tree.get("po/POTFILES").splitlines():
        path = line.split("#")[0].strip()
        if not path:
            continue
        if path in listed:
            yield f"po/POTFILES: {path} is there twice"
        listed.add(path)
    wanted = {file.path for file in tree.under("src", "data") if has_strings(file)}
    for path in sorted(wanted - listed):
        yield f"{path}: has strings to translate but is not in po/POTFILES"
    for path in sorted(listed - wanted):
        reason = "has no strings to translate" if path in tree.files else "does not exist"
        yield f"po/POTFILES: {path} {reason}"


def rule_whole_strings(tree):
    """What is marked for translation is one literal, without macros between its parts (xgettext sees only the first)"""
    for file in tree.under("src"):
        for match in BROKEN_C.finditer(file.text) if file.is_c else ():
            line = file.text.count("\n", 0, match.start()) + 1
            yield f"{file.path}:{line}: a macro inside a string for translators"


RULES = [rule_potfiles, rule_whole_strings]
