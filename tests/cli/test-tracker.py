#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""meir tracker: what it prints, that it answers, and how it stops."""

import hashlib
import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import sys
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
import bencode
from program import HARMFUL, Running, meir, on_terminal, refused
from tap import cases, check, equal, main, test

INFO_HASH = bytes(range(20))
STOP_SEC = 2


def announce(url, context=None, info_hash=INFO_HASH):
    query = urllib.parse.urlencode({"info_hash": info_hash, "peer_id": b"-XX0000-abcdefghijkl", "port": 5000,
                                    "uploaded": 0, "downloaded": 0, "left": 1, "compact": 1})
    with urllib.request.urlopen(f"{url}?{query}", context=context, timeout=10) as reply:
        return bencode.decode(reply.read())


def spki_of(certificate):
    """The SubjectPublicKeyInfo in a DER certificate: the sixth or seventh element of its first one (RFC 5280)."""
    def element(at):
        length, head = certificate[at + 1], 2
        if length & 0x80:
            head = 2 + (length & 0x7F)
            length = int.from_bytes(certificate[at + 2:at + head], "big")
        return at + head, at + head + length
    body, _ = element(element(0)[0])
    position, index = body, 0
    if certificate[position] == 0xA0:  # the version, which may be left out
        position = element(position)[1]
    while index < 5:
        position, index = element(position)[1], index + 1
    return certificate[position:element(position)[1]]


@test
def http_and_udp(folder):
    """It prints its addresses, answers at them, and Ctrl-C stops it in time"""
    with Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1") as run:
        http = run.wait_for(r"http://127\.0\.0\.1:(\d+)/announce\n")
        udp = run.wait_for(r"udp://127\.0\.0\.1:(\d+)/announce\n")
        equal(http.group(1), udp.group(1), "one number for both")
        reply = announce(http.group(0).strip())
        check(reply[b"interval"] > 0 and b"peers" in reply, reply)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(10)
            client.sendto(struct.pack(">QII", 0x41727101980, 0, 7), ("127.0.0.1", int(udp.group(1))))
            equal(struct.unpack(">II", client.recv(100)[:8]), (0, 7))
        done, took = run.end(signal.SIGINT)
    equal((done.code, done.err), (0, ""))
    check(took < STOP_SEC, took)
    check("Pin" not in done.out and not HARMFUL.search(done.out), done)


@cases(("SIGTERM", signal.SIGTERM), ("SIGHUP", signal.SIGHUP))
def other_signals(folder, number):
    """Other signals stop it as well"""
    with Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1") as run:
        run.wait_for("announce\n")
        done, took = run.end(number)
    equal(done.code, 0, done)
    check(took < STOP_SEC, took)


def start_https(folder, *arguments):
    return Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1", *arguments)


@test
def https_auto(folder):
    """--https auto: the printed pin is the key's, the same at the next start, and plain HTTP is not answered"""
    pins = []
    for _ in range(2):
        with start_https(folder, "--https", "auto") as run:
            port = int(run.wait_for(r"https://127\.0\.0\.1:(\d+)/announce\n").group(1))
            pins.append(run.wait_for(r"sha256:([0-9a-f]{64})\n").group(1))
            certificate = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
            equal(hashlib.sha256(spki_of(certificate)).hexdigest(), pins[-1])
            context = ssl.create_default_context(cadata=certificate)
            context.check_hostname = False
            check(b"interval" in announce(f"https://127.0.0.1:{port}/announce", context))
            try:
                announce(f"http://127.0.0.1:{port}/announce")
                raise AssertionError("plain HTTP was answered")
            except OSError:
                pass
            equal(run.end(signal.SIGINT)[0].code, 0)
    equal(pins[0], pins[1])


def make_certificate(folder):
    subprocess.run(["certtool", "--generate-privkey", "--key-type", "ed25519", "--outfile", "key.pem"], cwd=folder,
                   check=True, capture_output=True)
    os.chmod(os.path.join(folder, "key.pem"), 0o600)
    with open(os.path.join(folder, "template"), "w", encoding="utf-8") as stream:
        stream.write('cn = "localhost"\ndns_name = "localhost"\nip_address = "127.0.0.1"\ntls_www_server\n')
    subprocess.run(["certtool", "--generate-self-signed", "--load-privkey", "key.pem", "--template", "template",
                    "--outfile", "cert.pem"], cwd=folder, check=True, capture_output=True)


@test
def https_files(folder):
    """--cert and --key: a client that trusts the certificate is answered"""
    make_certificate(folder)
    with start_https(folder, "--cert", "cert.pem", "--key", "key.pem") as run:
        port = run.wait_for(r"https://127\.0\.0\.1:(\d+)/announce\n").group(1)
        context = ssl.create_default_context(cafile=os.path.join(folder, "cert.pem"))
        check(b"interval" in announce(f"https://127.0.0.1:{port}/announce", context))
        equal(run.end(signal.SIGINT)[0].code, 0)


@test
def key_for_all_to_read(folder):
    """A key that others may read is refused"""
    make_certificate(folder)
    os.chmod(os.path.join(folder, "key.pem"), 0o644)
    refused(folder, "tracker", "--port", "0", "--cert", "cert.pem", "--key", "key.pem", says="key.pem")


@test
def allow_list(folder):
    """--allow-list: what is on it is tracked, nothing else"""
    other = bytes(20)
    with open(os.path.join(folder, "list"), "w", encoding="utf-8") as stream:
        stream.write(f"# mine\n\n  {INFO_HASH.hex()}  # the first\n")
    with Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1", "--allow-list", "list") as run:
        url = run.wait_for(r"http://\S+").group(0)
        check(b"interval" in announce(url))
        check(b"failure reason" in announce(url, info_hash=other))
        run.end(signal.SIGINT)
    with open(os.path.join(folder, "list"), "w", encoding="utf-8") as stream:
        stream.write("# nothing\n")
    with Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1", "--allow-list", "list") as run:
        check(b"failure reason" in announce(run.wait_for(r"http://\S+").group(0)))
        run.end(signal.SIGINT)


@cases(("a word", "word"), ("39 digits", "a" * 39), ("escape sequences", "\x1b[31m"))
def bad_allow_list(folder, line):
    """A line that is no info-hash is named"""
    with open(os.path.join(folder, "list"), "w", encoding="utf-8") as stream:
        stream.write(INFO_HASH.hex() + "\n" + line + "\n")
    refused(folder, "tracker", "--port", "0", "--allow-list", "list", says="Line 2 of the list “list”")


@test
def port_taken(folder):
    """A port that is taken: exit code 1, and which"""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for option in ([], ["--udp-port", "off"]):
            done = meir(folder, "tracker", "--port", port, "--bind", "127.0.0.1", *option)
            check(done.code == 1 and re.fullmatch(rf"meir: TCP port {port} is taken[^\n]*\n", done.err), done)


@cases(("a name", "localhost"), ("another computer's", "192.0.2.1"), ("nonsense", "1.2.3.4.5"))
def bad_bind(folder, address):
    """An address that cannot be listened on is refused, and named"""
    done = refused(folder, "tracker", "--port", "0", "--bind", address, says=f"“{address}” is not an address")
    equal("of this computer" in done.err, address == "192.0.2.1", done)


@test
def udp_off(folder):
    """--udp-port off: no UDP address, and --host names what is printed"""
    with Running(folder, "tracker", "--port", "0", "--udp-port", "off", "--bind", "127.0.0.1", "--host",
                 "box.example") as run:
        run.wait_for("stops it")
        done, _ = run.end(signal.SIGINT)
    check(re.search(r"http://box\.example:\d+/announce", done.out) and "udp://" not in done.out, done)


@test
def counters_on_screen(folder):
    """On a terminal the counters are shown, and taken away at the end"""
    done = on_terminal(folder, "tracker", "--port", "0", "--bind", "127.0.0.1",
                       interrupt_after=r"0 torrents  0 peers")
    equal(done.code, 0, done)
    check(done.out.endswith("\r\x1b[K"), done)


if __name__ == "__main__":
    main()
