#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogues of po/LINGUAS: whole, none of it guessed, and with the same placeholders as what they translate.

usage: test-translations.py BUILD-ROOT
"""

import gettext
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
from tap import Skip, check, equal, main, test

BUILD = os.path.abspath(sys.argv[1])
SOURCE = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PO = os.path.join(SOURCE, "po")
KEYWORDS = ("_", "N_", "C_:1c,2", "NC_:1c,2", "ngettext:1,2", "g_dngettext:2,3", "g_dpgettext2:2c,3")


def languages():
    with open(os.path.join(PO, "LINGUAS"), encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def tool(*command):
    """What a tool of gettext says, which is to be nothing that it complains of."""
    if not shutil.which(command[0]):
        raise Skip(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=SOURCE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    check(done.returncode == 0, command, done.stderr)
    return done.stdout, done.stderr


def template(folder):
    """All strings of the sources, as they are now."""
    path = os.path.join(folder, "meirtorrent.pot")
    _, complaints = tool("xgettext", "--files-from=po/POTFILES", "--from-code=UTF-8", "--add-comments",
                         f"--output={path}", *(f"--keyword={keyword}" for keyword in KEYWORDS))
    equal(complaints, "")
    return path


def messages(path, *options):
    """The msgids of a catalogue that msgattrib picks, its header left out."""
    text, _ = tool("msgattrib", "--no-obsolete", "--no-wrap", *options, path)
    return [line for line in re.findall(r'^msgid (".*")$', text, re.M) if line != '""'] \
        + re.findall(r'^msgid ""\n(".+")$', text, re.M)[1:]


@test
def strings(folder):
    """The strings of the sources can be gathered without a complaint"""
    check(len(messages(template(folder))) > 500)


@test
def linguas(_folder):
    """po/LINGUAS lists every catalogue, and no other; Hebrew is among them"""
    equal(sorted(languages()), sorted(name[:-3] for name in os.listdir(PO) if name.endswith(".po")))
    check("he" in languages())


@test
def complete(folder):
    """Every catalogue has every string, and none that is a guess"""
    pot = template(folder)
    for language in languages():
        merged = os.path.join(folder, language + ".po")
        tool("msgmerge", "--quiet", "--no-fuzzy-matching", f"--output-file={merged}",
             os.path.join(PO, language + ".po"), pot)
        equal(messages(merged, "--untranslated"), [], language)
        equal(messages(merged, "--only-fuzzy"), [], language)


@test
def placeholders(folder):
    """The placeholders, plural forms and headers of every catalogue are right"""
    for language in languages():
        tool("msgfmt", "--check-format", "--check-domain", "--check-header", "--output-file",
             os.path.join(folder, "out.mo"), os.path.join(PO, language + ".po"))


@test
def built(_folder):
    """What is built of them is found, and speaks the language"""
    for language in languages():
        path = os.path.join(BUILD, "po", language, "LC_MESSAGES", "meirtorrent.mo")
        with open(path, "rb") as file:
            catalogue = gettext.GNUTranslations(file)
        check(catalogue.gettext("Share and download files") != "Share and download files", language)
        check(catalogue.ngettext("%u person", "%u people", 2) not in ("%u person", "%u people"), language)


@test
def desktop_file(folder):
    """The desktop file and the metainfo are translated, too"""
    names = os.listdir(os.path.join(BUILD, "data"))
    for kind, suffix, pattern in (("--desktop", ".desktop.in", "Comment[{}]="),
                                  ("--xml", ".metainfo.xml.in", '<summary xml:lang="{}">')):
        name = [name for name in names if name.endswith(suffix)][0]
        result = os.path.join(folder, name)
        tool("msgfmt", kind, "-d", PO, "--template", os.path.join(BUILD, "data", name), "--output-file", result)
        with open(result, encoding="utf-8") as file:
            text = file.read()
        for language in languages():
            check(pattern.format(language) in text, name, language)


if __name__ == "__main__":
    main()
