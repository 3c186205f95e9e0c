# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about what translators get to see."""

import re

MARKED_C = re.compile(r"\b(?:_|N_|C_|NC_|Q_|ngettext|g_dgettext|g_dpgettext2|dngettext|g_dngettext) \(")
BROKEN_C = re.compile(
    r'\b(?:_|N_|C_|ngettext|g_dngettext) \((?:GETTEXT_PACKAGE,)?(?:\s*"(?:[^"\\\n]|\\.)*")+\s*[A-Za-z_]'
)
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')
MARKED_CALL = re.compile(r'\b(?:_|ngettext|g_dngettext) \((?:[^()"]|"(?:[^"\\\n]|\\.)*"|\([^()]*\))*\)')
TELLING = re.compile(
    r"\b(?:g_set_error|g_set_error_literal|g_error_new|g_error_new_literal|g_task_return_new_error"
    r"|meir_set_error_from_errno|meir_cli_complain|meir_cli_usage) \("
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


def arguments_at(text, start):
    """What stands between the parenthesis that opens before start and the one that closes it."""
    depth, at = 1, start
    while depth and at < len(text):
        literal = LITERAL.match(text, at)
        if literal:
            at = literal.end()
            continue
        depth += (text[at] == "(") - (text[at] == ")")
        at += 1
    return text[start:at - 1]


def rule_sentences(tree):
    """What a person is told is marked, begins with no small letter, has no full stop and no plain double quote"""
    for file in tree.under("src"):
        for call in TELLING.finditer(file.text) if file.is_c else ():
            arguments = arguments_at(file.text, call.end())
            where = f"{file.path}:{file.text.count(chr(10), 0, call.start()) + 1}"
            # Errors of GIO's own domain go to other code of ours.
            if "G_IO_ERROR," in arguments:
                continue
            for literal in LITERAL.findall(MARKED_CALL.sub("", arguments)):
                if re.search("[A-Za-z] ", literal):
                    yield f"{where}: {literal} is not marked for translators"
            for marked in MARKED_CALL.finditer(arguments):
                sentence = "".join(literal[1:-1] for literal in LITERAL.findall(marked.group(0)))
                if sentence.endswith(".") or sentence[:1].islower() or '\\"' in sentence:
                    yield f"{where}: \"{sentence}\" is not in the style of base/meir-error.h"


RULES = [rule_potfiles, rule_whole_strings, rule_sentences]
