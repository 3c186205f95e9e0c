#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed beside the programs: that it is there, valid, and speaks of one and the same application.

usage: test-identity.py BUILD-ROOT APP-ID
"""

import configparser
import os
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as xml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
from tap import Skip, check, equal, main, test

BUILD, APP_ID = os.path.abspath(sys.argv[1]), sys.argv[2]
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ICONS = os.path.join(SOURCE, "data", "icons")
INSTALLED = [
    "bin/meir",
    "bin/meirtorrent",
    f"share/applications/{APP_ID}.desktop",
    f"share/dbus-1/services/{APP_ID}.service",
    f"share/glib-2.0/schemas/{APP_ID}.gschema.xml",
    f"share/icons/hicolor/scalable/apps/{APP_ID}.svg",
    f"share/icons/hicolor/symbolic/apps/{APP_ID}-symbolic.svg",
    "share/man/man1/meir.1",
    "share/man/man1/meirtorrent.1",
    f"share/metainfo/{APP_ID}.metainfo.xml",
]


def built(name):
    return os.path.join(BUILD, "data", name)


def run(*command):
    """The output of a tool that has to be content."""
    if not shutil.which(command[0]):
        raise Skip(f"{command[0]} is not installed")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    check(done.returncode == 0, command, done.stdout)
    return done.stdout


def desktop_entry():
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read(built(f"{APP_ID}.desktop"), encoding="utf-8")
    return parser


@test
def install(folder):
    """meson install puts everything in its place, and no unfinished template"""
    run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", folder)
    found = {}
    for root, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(root, name)
            found[os.path.relpath(path, folder)] = path
    for wanted in INSTALLED:
        matches = [path for name, path in found.items() if name.endswith(wanted)]
        check(len(matches) == 1, wanted, sorted(found))
        if "bin/" not in wanted:
            with open(matches[0], encoding="utf-8") as file:
                check(not re.search(r"@\w+@", file.read()), wanted)


@test
def desktop_file(_folder):
    """The desktop file is valid, and opens what it says"""
    # What it says is a warning for us all the same.
    equal(run("desktop-file-validate", built(f"{APP_ID}.desktop")), "")
    entry = desktop_entry()["Desktop Entry"]
    equal(entry["Icon"], APP_ID)
    equal(entry["MimeType"], "application/x-bittorrent;x-scheme-handler/magnet;")
    equal(entry["Exec"].split(), ["meirtorrent", "%U"])
    equal(entry["DBusActivatable"], "true")


@test
def desktop_actions(_folder):
    """Each action of the desktop file is one of the program, which D-Bus activation calls by that name"""
    with open(os.path.join(SOURCE, "src", "app", "meir-ui-actions.c"), encoding="utf-8") as file:
        known = re.findall(r'\{ "app\.([a-z-]+)"', file.read())
    entry = desktop_entry()
    actions = entry["Desktop Entry"]["Actions"].rstrip(";").split(";")
    check(len(actions) >= 1 and set(actions) <= set(known), actions, known)
    for action in actions:
        equal(entry[f"Desktop Action {action}"]["Exec"], f"gapplication action {APP_ID} {action}")


@test
def metainfo(_folder):
    """The AppStream metainfo is valid, and of this application"""
    run("appstreamcli", "validate", "--no-net", built(f"{APP_ID}.metainfo.xml"))
    root = xml.parse(built(f"{APP_ID}.metainfo.xml")).getroot()
    equal(root.findtext("id"), APP_ID)
    equal(root.findtext("launchable"), f"{APP_ID}.desktop")
    summary = root.findtext("summary")
    check(10 <= len(summary) <= 35 and not summary.endswith("."), summary)
    for screenshot in root.iter("image"):
        with open(os.path.join(SOURCE, *screenshot.text.split("/main/")[1].split("/")), "rb") as picture:
            width, height = struct.unpack(">16x2I", picture.read(24))
        equal(width * 9, height * 16)
        check(width <= 1000, f"{screenshot.text}: {width} pixels wide")
    for caption in root.iter("caption"):
        check(not caption.text.endswith("."), caption.text)
    mime_types = {element.text for element in root.iter("mediatype")}
    equal(mime_types, set(desktop_entry()["Desktop Entry"]["MimeType"].rstrip(";").split(";")))


@test
def schema(folder):
    """The settings schema compiles strictly"""
    shutil.copy(built(f"{APP_ID}.gschema.xml"), folder)
    equal(run("glib-compile-schemas", "--strict", folder), "")


@test
def service(_folder):
    """The D-Bus service starts the program without a window"""
    with open(built(f"{APP_ID}.service"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    equal(lines[:2], ["[D-BUS Service]", f"Name={APP_ID}"])
    check(re.fullmatch(r"Exec=/\S*/meirtorrent --gapplication-service", lines[2]), lines)


@test
def well_formed(_folder):
    """Every XML file of the application is well-formed"""
    found = [os.path.join(root, name) for top in ("data", "src")
             for root, _, names in os.walk(os.path.join(SOURCE, top))
             for name in names if name.endswith((".xml", ".xml.in", ".svg", ".ui"))]
    check(len(found) > 15, found)
    run("xmllint", "--noout", *found)


def png_size(path):
    with open(path, "rb") as file:
        header = file.read(24)
    check(header.startswith(b"\x89PNG"), path)
    return struct.unpack(">II", header[16:24])


@test
def icons(folder):
    """The icons are drawn at every size they are shown in, and stand in no shadow of their own"""
    for name in (f"{APP_ID}.svg", f"{APP_ID}-symbolic.svg"):
        source = os.path.join(ICONS, name)
        with open(source, encoding="utf-8") as file:
            text = file.read()
        equal(re.search(r'viewBox="([^"]*)"', text).group(1), "0 0 16 16" if "symbolic" in name else "0 0 128 128")
        check("filter" not in text and "<image" not in text, name)
        for size in (16, 24, 32, 48, 64, 128, 256):
            target = os.path.join(folder, f"{size}.png")
            run("rsvg-convert", "--width", str(size), "--height", str(size), "--output", target, source)
            equal(png_size(target), (size, size))
            # One colour would take a few dozen bytes.
            check(os.path.getsize(target) > 120, name, size, os.path.getsize(target))


@test
def manifest(_folder):
    """The Flatpak manifest is of this application, and asks for the network and the Downloads folder only"""
    with open(os.path.join(SOURCE, "flatpak", f"{APP_ID}.yml"), encoding="utf-8") as file:
        text = file.read()
    check(re.search(rf"^id: {re.escape(APP_ID)}$", text, re.M) and re.search("^command: meirtorrent$", text, re.M))
    equal(re.findall(r"^  - (--\S+)$", text, re.M),
          ["--share=network", "--share=ipc", "--socket=wayland", "--socket=fallback-x11", "--device=dri",
           "--filesystem=xdg-download"])
    # What is fetched is known by its content, not by where it lies.
    for source in re.findall(r"^ *- type: archive\n(?:^ {8}.*\n?)+", text, re.M):
        check(re.search(r"sha256: [0-9a-f]{64}$", source, re.M), source)


@test
def manual(_folder):
    """The manual page is well-formed"""
    for name in ("meir.1", "meirtorrent.1"):
        path = os.path.join(SOURCE, "data", "man", name)
        equal(run("groff", "-man", "-ww", "-z", "-Tutf8", path), "")


if __name__ == "__main__":
    main()
