# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the text of files: budgets, headers, layout, words and calls that have no place here."""

import ast
import os
import re
import shutil
import subprocess

FILE_LINES_MAX = 700
FUNCTION_LINES_MAX = 100
FUNCTION_LINES_P99 = 70
SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
C_COLUMNS_MAX = 110
COLUMNS_MAX = 120
C_SPDX = f"/* {SPDX} */"
HASH_SPDX = f"# {SPDX}"

# Spelt in two halves, so that this file passes its own rule.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
# TAP's own name for a test that is expected to fail.
TAP_DIRECTIVE = "SKIP|TO" "DO"

BANNED_CALLS = [
    (re.compile(r"\bg_(?:checksum|compute_checksum|hmac)_\w+ \("), "GLib's digests are slow: base/meir-digest.h"),
    (re.compile(r"\b(?:strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca|g_alloca) \("), "has no bound"),
    (re.compile(r"\b(?:atoi|atol|atoll|atof) \("), "hides errors: g_ascii_string_to_unsigned ()"),
    (re.compile(r"\b(?:system|popen|g_spawn_command_line_a?sync) \("), "goes through a shell or one string: pass argv"),
    (re.compile(r"\bg_tls_client_connection_set_(?:validation_flags|use_ssl3) \("), "switches certificate checks off"),
    (re.compile(r"\bG_TLS_CERTIFICATE_NO_FLAGS\b"), "switches certificate checks off"),
    (re.compile(r"\bGNUTLS_VERIFY_(?:DISABLE|ALLOW)\w*"), "switches certificate checks off"),
    (re.compile(r"\bSOUP_SERVER_\w+|\bsoup_server_\w+"), "a SoupServer must not face the swarm"),
]
BANNED_STRINGS = [
    (re.compile(r'"(?:ssl-strict|validation-flags|tls-database)"'), "switches certificate checks off"),
    (re.compile(r"getenv \(\"\w*(?:VERIFY|INSECURE)\w*\""), "switches certificate checks off"),
]
# A function whose name says it all needs no comment of its own.
PLAIN_NAME = re.compile(r"_(?:new|ref|unref|free|init|clear|finish|equal|hash|compare|quark|to_string"
                        r"|get_[a-z0-9_]+|is_[a-z0-9_]+)$")


class Unchecked(Exception):
    """A rule cannot be checked on this machine; the message says why."""


def rule_file_budget(tree):
    """No source file is longer than 700 lines"""
    for file in tree.sources():
        if file.n_lines > FILE_LINES_MAX:
            yield f"{file.path}: {file.n_lines} lines"


def function_lengths(tree):
    """(path, line, name, lines) of every C and Python function."""
    for file in tree.sources():
        if file.is_c:
            for function in file.functions():
                yield file.path, function.line, function.name, function.n_lines
        elif file.is_python:
            for node in ast.walk(ast.parse(file.text)):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    yield file.path, node.lineno, node.name, node.end_lineno - node.lineno + 1


def rule_function_budget(tree):
    """No function is longer than 100 lines"""
    for path, line, name, n_lines in function_lengths(tree):
        if n_lines > FUNCTION_LINES_MAX:
            yield f"{path}:{line}: {name} has {n_lines} lines"


def rule_function_p99(tree):
    """At most one function in a hundred is longer than 70 lines"""
    lengths = list(function_lengths(tree))
    long = [entry for entry in lengths if entry[3] > FUNCTION_LINES_P99]
    if len(long) * 100 > max(len(lengths), 100):
        for path, line, name, n_lines in long:
            yield f"{path}:{line}: {name} has {n_lines} lines"


def rule_spdx(tree):
    """Every source file begins with its licence"""
    for file in tree.sources():
        lines = file.lines
        if file.is_c:
            good = lines[0] == C_SPDX
        elif lines[0].startswith("#!"):
            good = lines[1] == HASH_SPDX
        else:
            good = lines[0] == HASH_SPDX
        if not good:
            yield f"{file.path}: its first line is not the SPDX line"


def rule_pragma_once(tree):
    """Every header is read once"""
    for file in tree.c_files():
        if file.path.endswith(".h") and file.lines[1] != "#pragma once":
            yield f"{file.path}:2: not #pragma once"


def rule_whitespace(tree):
    """No tab, trailing space, carriage return, or missing last newline"""
    for file in tree.files.values():
        if file.text and not file.text.endswith("\n"):
            yield f"{file.path}: no newline at its end"
        for number, line in enumerate(file.lines, 1):
            if line != line.rstrip():
                yield f"{file.path}:{number}: white space at the end of the line"
            elif "\t" in line:
                yield f"{file.path}:{number}: a tab"


def rule_columns(tree):
    """No line is longer than 110 columns in C, 120 in scripts"""
    for file in tree.sources():
        columns = C_COLUMNS_MAX if file.is_c else COLUMNS_MAX
        for number, line in enumerate(file.lines, 1):
            if len(line) > columns:
                yield f"{file.path}:{number}: {len(line)} columns"


def rule_nothing_unfinished(tree):
    """Nothing is marked as to be finished later"""
    for file in tree.sources():
        for number, line in enumerate(file.lines, 1):
            match = UNFINISHED.search(line)
            if match and TAP_DIRECTIVE not in line:
                yield f"{file.path}:{number}: {match.group(0)}"


def rule_banned_calls(tree):
    """No call that is unbounded, slow on the data path, or switches a check off"""
    for file in tree.c_files("src"):
        for number, (code, line) in enumerate(zip(file.code.split("\n"), file.lines), 1):
            for pattern, reason in BANNED_CALLS:
                if pattern.search(code):
                    yield f"{file.path}:{number}: {pattern.search(code).group(0)}: {reason}"
            for pattern, reason in BANNED_STRINGS:
                if pattern.search(line):
                    yield f"{file.path}:{number}: {pattern.search(line).group(0)}: {reason}"


def rule_documented(tree):
    """Every function that a header of src/ offers is documented, once, in the header or at its definition"""
    definitions = {f.name for file in tree.c_files("src") for f in file.functions() if f.documented}
    for file in tree.c_files("src"):
        if not file.path.endswith(".h"):
            continue
        for name, line, paragraph in file.declarations():
            said = "*/" in paragraph or name in definitions
            if not said and not PLAIN_NAME.search(name):
                yield f"{file.path}:{line}: {name} is not documented"


def rule_clang_format(tree):
    """clang-format finds nothing to change"""
    if not shutil.which("clang-format"):
        raise Unchecked("clang-format is not installed")
    paths = [file.path for file in tree.c_files()]
    if not paths:
        return
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", "--ferror-limit=1", *paths], cwd=tree.root,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        bad = sorted({line.split(":")[0] for line in done.stderr.splitlines() if ": error:" in line})
        yield from (f"{path}: clang-format -i would change it" for path in bad or ["clang-format failed"])


def rule_meson_lists_sources(tree):
    """Every source file is in the meson.build of its folder, or of one above"""
    for file in tree.c_files("src"):
        folders = file.path.split("/")[:-1]
        above = ["/".join(folders[:depth]) for depth in range(len(folders), 0, -1)]
        if file.path.endswith(".c") and not any(
                f"'{file.path[len(folder) + 1:]}'" in tree.get(folder + "/meson.build") for folder in above):
            yield f"{file.path}: not in {above[0]}/meson.build"
    for file in tree.c_files("tests"):
        folder, name = os.path.split(file.path)
        if not name.startswith("test-") or not name.endswith(".c"):
            continue
        listed = tree.get(folder + "/meson.build")
        if f"'{name}'" not in listed and f"'{name[len('test-'):-len('.c')]}'" not in listed:
            yield f"{file.path}: not in {folder}/meson.build"


RULES = [
    rule_file_budget,
    rule_function_budget,
    rule_function_p99,
    rule_spdx,
    rule_pragma_once,
    rule_whitespace,
    rule_columns,
    rule_nothing_unfinished,
    rule_banned_calls,
    rule_documented,
    rule_clang_format,
    rule_meson_lists_sources,
]
