#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""meir's command line itself: help, wrong use, output that cannot be written, terminals."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
from program import HARMFUL, MEIR, SOURCE_ROOT, environment, meir, on_terminal, refused
from tap import cases, check, equal, main, test

COMMANDS = ["create", "tracker", "peer", "info", "magnet", "verify", "demo"]
OPTION = re.compile(r"(--[a-z][a-z-]+)")


def options_of(folder, command):
    done = meir(folder, command, "--help")
    equal(done.code, 0, done)
    return set(OPTION.findall(done.out.split("Options:")[1]))


def read(*path):
    with open(os.path.join(SOURCE_ROOT, *path), encoding="utf-8") as stream:
        return stream.read()


@test
def help_lists_commands(folder):
    """meir --help lists every command, so do -h and help"""
    done = meir(folder, "--help")
    equal((done.code, done.err), (0, ""))
    for command in COMMANDS:
        check(re.search(rf"^  {command} +\S", done.out, re.M), command, done)
    equal(meir(folder, "-h").out, done.out)
    equal(meir(folder, "help").out, done.out)


@test
def version(folder):
    """meir --version prints name and version"""
    done = meir(folder, "--version")
    check(done.code == 0 and re.fullmatch(r"meir \d+\.\d+\.\d+\n", done.out), done)


@cases(*[(command, command) for command in COMMANDS])
def command_help(folder, command):
    """A command's help shows its usage, and is the same by all ways"""
    done = meir(folder, command, "--help")
    check(done.code == 0 and done.err == "" and f"meir {command}" in done.out, done)
    equal(meir(folder, "help", command).out, done.out)
    equal(meir(folder, command, "-h").out, done.out)


@cases(*[(command, command) for command in COMMANDS])
def documented(folder, command):
    """The manual page and the completion know every option"""
    manual = read("data", "man", "meir.1").replace("\\-", "-")
    section = re.search(rf'^\.SS "?meir {command}\b.*?(?=^\.S[SH] )', manual, re.M | re.S)
    check(section, f"no section for {command}")
    completion = read("data", "completions", "meir")
    for option in options_of(folder, command) - {"--help"}:
        check(option in section.group(0), command, option)
        check(option in completion, command, option)


@test
def documented_only(folder):
    """The manual page and the completion know no option that does not exist"""
    known = {"--version"}.union(*[options_of(folder, command) for command in COMMANDS])
    for path in (("data", "man", "meir.1"), ("data", "completions", "meir")):
        equal(set(OPTION.findall(read(*path).replace("\\-", "-"))) - known, set(), path)
    for command in COMMANDS:
        manual = re.search(rf'^\.SS "?meir {command}\b.*?(?=^\.S[SH] )', read("data", "man", "meir.1"), re.M | re.S)
        terms = re.findall(r"^\.TP\n\.B\w* .*", manual.group(0).replace("\\-", "-"), re.M)
        equal(set(OPTION.findall("\n".join(terms))), options_of(folder, command) - {"--help"}, command)


@cases(
    ("no command", [], "A command is missing"),
    ("unknown command", ["frob"], "“frob”"),
    ("unknown option in place of a command", ["--frob"], "“--frob”"),
    ("help for an unknown command", ["help", "frob"], "“frob”"),
    ("a command with escape sequences", ["\x1b[31mred\x9b"], "red"),
    ("a command that is not UTF-8", [b"\xff\xfe"], "no command “"),
    ("create without --path", ["create"], "--path is missing"),
    ("create with an argument", ["create", "--path", ".", "more"], "“more”"),
    ("peer without --torrent", ["peer", "--path", "."], "--torrent is missing"),
    ("peer without --path", ["peer", "--torrent", "x"], "--path is missing"),
    ("info without a file", ["info"], "FILE is missing"),
    ("info with two", ["info", "a", "b"], "“b”"),
    ("magnet without a file", ["magnet"], "FILE is missing"),
    ("verify without a file", ["verify", "--path", "."], "FILE is missing"),
    ("verify without --path", ["verify", "x"], "--path is missing"),
    ("demo with two", ["demo", "a", "b"], "“b”"),
    ("an option without its value", ["create", "--path"], "--path"),
    ("piece length: a word", ["create", "--path", ".", "--length", "much"], "--length “much”"),
    ("piece length: not a power of two", ["create", "--path", ".", "--length", "100000"], "100000"),
    ("piece length: too small", ["create", "--path", ".", "--length", "8K"], "8192"),
    ("piece length: too large", ["create", "--path", ".", "--length", "128M"], "134217728"),
    ("piece length: negative", ["create", "--path", ".", "--length", "-16384"], "-16384"),
    ("piece length: past 64 bits", ["create", "--path", ".", "--length", "9223372036854775807M"], "--length"),
    ("tracker address: no address", ["create", "--path", ".", "--tracker", "here"], "here"),
    ("tracker address: a file", ["create", "--path", ".", "--tracker", "file:///etc/passwd"], "file:"),
    ("web seed: of another kind", ["create", "--path", ".", "--web-seed", "udp://x:1/"], "with http:// or https:// ("),
    ("web seed: no address", ["create", "--path", ".", "--web-seed", "ftp://x/"], "ftp:"),
    ("threads: none", ["create", "--path", ".", "--threads", "0"], "--threads “0”"),
    ("threads: too many", ["create", "--path", ".", "--threads", "1000000"], "--threads “1000000”"),
    ("port: too large", ["tracker", "--port", "65536"], "--port “65536”"),
    ("port: negative", ["tracker", "--port", "-1"], "--port “-1”"),
    ("port: a word", ["tracker", "--udp-port", "same"], "--udp-port “same”"),
    ("https: another word", ["tracker", "--https", "yes"], "--https “yes”"),
    ("https: two ways at once", ["tracker", "--https", "auto", "--cert", "c", "--key", "k"], "--cert"),
    ("a certificate without its key", ["tracker", "--cert", "c"], "--key"),
    ("a list that is not there", ["tracker", "--allow-list", "gone"], "gone"),
    ("policy: another word", ["peer", "--torrent", "x", "--path", ".", "--tls", "maybe"], "--tls “maybe”"),
    ("exit when: another word", ["peer", "--torrent", "x", "--path", ".", "--exit-when", "bored"], "bored"),
    ("all of it, and some of it", ["peer", "--torrent", "x", "--path", ".", "--seed", "--only", "a"], "--only"),
    ("a limit of nothing", ["peer", "--torrent", "x", "--path", ".", "--down-limit", "0"], "--down-limit “0”"),
    ("a limit with a unit", ["peer", "--torrent", "x", "--path", ".", "--up-limit", "5M"], "--up-limit “5M”"),
    ("a limit below nothing", ["peer", "--torrent", "x", "--path", ".", "--up-limit", "-5"], "--up-limit “-5”"),
    ("allocate: another word", ["peer", "--torrent", "x", "--path", ".", "--allocate", "all"], "--allocate “all”"),
    ("a command that ends inside quotes", ["peer", "--torrent", "x", "--path", ".", "--on-complete", "a 'b"], "'"),
    ("a command of no words", ["peer", "--torrent", "x", "--path", ".", "--on-complete", " "], "--on-complete"),
    ("a peer without a port", ["peer", "--torrent", "x", "--path", ".", "--peer", "host"], "--peer “host”"),
    ("a peer with port 0", ["peer", "--torrent", "x", "--path", ".", "--peer", "10.0.0.1:0"], "10.0.0.1:0"),
    ("a peer without a name", ["peer", "--torrent", "x", "--path", ".", "--peer", ":1"], "--peer “:1”"),
    ("a peer that no name is like", ["peer", "--torrent", "x", "--path", ".", "--peer", "a b:1"], "--peer “a b:1”"),
    ("a peer that is everybody", ["peer", "--torrent", "x", "--path", ".", "--peer", "0.0.0.0:1"], "0.0.0.0:1"),
    ("an empty folder name", ["peer", "--torrent", "x", "--path", ""], "--path is empty"),
    ("an empty name to make a torrent of", ["create", "--path", ""], "--path is empty"),
    ("an empty file name", ["info", ""], "empty"),
    ("a host that is none", ["tracker", "--port", "0", "--host", "a b"], "--host “a b”"),
    ("a host of no letters", ["tracker", "--port", "0", "--host", ""], "--host"),
    ("a complaint that comes with a full stop", ["create", "--path", ".", "--length", "5"], "bytes (“meir"),
    ("--seed of a magnet link",
     ["peer", "--torrent", "magnet:?xt=urn:btih:" + "a" * 40, "--path", ".", "--seed"], "--seed"),
    ("a magnet link without an info-hash", ["peer", "--torrent", "magnet:?dn=x", "--path", "."], ""),
    ("a .torrent that is not there", ["peer", "--torrent", "gone.torrent", "--path", "new"], "gone.torrent"),
    ("nothing to demonstrate with", ["demo", "gone"], "gone"),
    ("nothing to make a torrent of", ["create", "--path", "gone"], "gone"),
)
def wrong_use(folder, arguments, says):
    """Wrong use ends with exit code 2 and a reason"""
    refused(folder, *arguments, says=says)


@test
def closed_pipe(folder):
    """A reader that goes away early is no reason for noise"""
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run([MEIR, "--help"], stdout=writer, stderr=subprocess.PIPE, env=environment(folder), check=False)
    os.close(writer)
    equal((ran.returncode, ran.stderr), (1, b""))


@test
def full_disk(folder):
    """Output that cannot be written is a failure, and said"""
    with open("/dev/full", "wb") as full:
        ran = subprocess.run([MEIR, "--help"], stdout=full, stderr=subprocess.PIPE, env=environment(folder),
                             check=False)
    equal(ran.returncode, 1)
    check(b"No space left" in ran.stderr, ran.stderr)


@test
def colours(folder):
    """Colours are for terminals only, and not where NO_COLOR or TERM=dumb say so"""
    with open(os.path.join(folder, "file"), "w", encoding="utf-8") as stream:
        stream.write("x")
    equal(meir(folder, "create", "--path", "file").code, 0)
    plain = meir(folder, "info", "file.torrent").out
    check(not HARMFUL.search(plain), plain)
    check("\x1b[" in on_terminal(folder, "info", "file.torrent").out)
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": None}):
        equal(on_terminal(folder, "info", "file.torrent", env=env).out, plain, env)
    check("\x1b[" in on_terminal(folder, "info", "file.torrent", env={"NO_COLOR": ""}).out)


@test
def other_locales(folder):
    """It works in the C locale, and in one that does not exist"""
    for locale in ("C", "xx_YY.UTF-8"):
        done = meir(folder, "--help", env={"LC_ALL": locale})
        check(done.code == 0 and "create" in done.out, done)


if __name__ == "__main__":
    main()
