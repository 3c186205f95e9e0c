#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""meir peer: sharing and downloading between processes, as in the README's three terminals."""

import filecmp
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
from program import HARMFUL, MEIR, STEERING, Running, environment, json_lines, meir, on_terminal, refused, snapshot
from tap import Skip, cases, check, equal, main, test

STOP_SEC = 2
FILES = {"a.bin": 3000000, "sub/b.bin": 777777, "sub/empty": 0, "ü.txt": 5}


def make_share(folder, name="share", files=None):
    for path, length in (files or FILES).items():
        path = os.path.join(folder, name, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as stream:
            stream.write(os.urandom(length))


def create(folder, *arguments, name="share"):
    done = meir(folder, "create", "--path", name, *arguments)
    equal(done.code, 0, done)


def prepare(folder, *arguments):
    make_share(folder)
    create(folder, *arguments)


def seed(folder, *arguments, torrent="share.torrent"):
    """A running sharer, and the port it listens on."""
    run = Running(folder, "peer", "--torrent", torrent, "--path", ".", "--seed", "--json", "--bind", "127.0.0.1",
                  *arguments)
    port = run.wait_for(r'"port":(\d+)').group(1)
    run.wait_for('"state":"seeding"')
    return run, port


def leech(folder, *arguments, torrent="share.torrent", **options):
    return meir(folder, "peer", "--torrent", torrent, "--path", "copy", "--exit-when", "complete", "--json", "--bind",
                "127.0.0.1", *arguments, **options)


def wait_for_seed(folder, url):
    """Until the tracker, whose key nobody but its pin vouches for, counts one."""
    info_hash = bytes.fromhex(json_lines(meir(folder, "info", "--json", "share.torrent").out)[0]["info_hash"])
    scrape = f"{url.replace('announce', 'scrape')}?info_hash={urllib.parse.quote(info_hash)}"
    context = ssl._create_unverified_context()  # pylint: disable=protected-access
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with urllib.request.urlopen(scrape, context=context, timeout=10) as reply:
            if b"8:completei1e" in reply.read():
                return
        time.sleep(0.05)
    raise AssertionError("the tracker knows no seed")


def check_equal(folder, name="share"):
    def same(comparison):
        check(not comparison.left_only and not comparison.right_only and not comparison.funny_files,
              comparison.left_only, comparison.right_only)
        _, mismatch, errors = filecmp.cmpfiles(comparison.left, comparison.right, comparison.common_files, False)
        check(not mismatch and not errors, mismatch, errors)
        for sub in comparison.subdirs.values():
            same(sub)
    same(filecmp.dircmp(os.path.join(folder, name), os.path.join(folder, "copy", name)))


def events(done):
    check(not STEERING.search(done.out), done)
    return json_lines(done.out)


def last(done, event):
    found = [line for line in events(done) if line["event"] == event]
    check(found, event, done)
    return found[-1]


@test
def three_terminals(folder):
    """Tracker with a self-signed key, sharer and downloader find each other and transfer over TLS"""
    with Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1", "--https", "auto") as tracker:
        url = tracker.wait_for(r"https://\S+").group(0)
        pin = tracker.wait_for(r"sha256:[0-9a-f]{64}").group(0)
        prepare(folder, "--tracker", url)
        sharer, _ = seed(folder, "--tracker-pin", pin)
        with sharer:
            wait_for_seed(folder, url)
            done = leech(folder, "--tracker-pin", pin, "--tls", "require")
            equal((done.code, done.err), (0, ""), done)
            check_equal(folder)
            equal(meir(folder, "verify", "share.torrent", "--path", "copy").code, 0)
            stopped = last(done, "stopped")
            equal((stopped["have"], stopped["left"], stopped["clear_bytes"]), (stopped["pieces"], 0, 0))
            equal(stopped["encrypted_bytes"], sum(FILES.values()))
            ended, took = sharer.end(signal.SIGINT)
            equal(ended.code, 0, ended)
            check(took < STOP_SEC, took)
            equal(last(ended, "stopped")["uploaded"], sum(FILES.values()))
        equal(tracker.end(signal.SIGINT)[0].code, 0)


@test
def wrong_pin(folder):
    """A tracker whose key is not the pinned one, or that nobody vouches for, is not told anything"""
    with Running(folder, "tracker", "--port", "0", "--bind", "127.0.0.1", "--https", "auto") as tracker:
        prepare(folder, "--tracker", tracker.wait_for(r"https://\S+").group(0))
        for pins in ([], ["--tracker-pin", "sha256:" + "0" * 64]):
            sharer, _ = seed(folder, *pins)
            with sharer:
                sharer.wait_for('"event":"tracker"[^\n]*(?i:certificate|key|trust|pin)[^\n]*')
                equal(sharer.end(signal.SIGINT)[0].code, 0)
        tracker.end(signal.SIGINT)


@cases(("prefer", "prefer", True), ("require", "require", True), ("off", "off", False))
def policies(folder, policy, encrypted):
    """--tls decides whether what is transferred is encrypted"""
    prepare(folder)
    sharer, port = seed(folder)
    with sharer:
        done = leech(folder, "--peer", f"127.0.0.1:{port}", "--tls", policy)
        equal(done.code, 0, done)
        check_equal(folder)
        stopped = last(done, "stopped")
        field = "encrypted_bytes" if encrypted else "clear_bytes"
        equal(stopped[field], sum(FILES.values()), done)
        sharer.end(signal.SIGINT)


@test
def require_never_falls_back(folder):
    """--tls require gets nothing from a peer that does not encrypt"""
    prepare(folder)
    sharer, port = seed(folder, "--tls", "off")
    with sharer:
        with Running(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--json", "--tls", "require",
                     "--peer", f"127.0.0.1:{port}", "--bind", "127.0.0.1") as run:
            time.sleep(2)
            done, took = run.end(signal.SIGINT)
        equal(done.code, 0, done)
        check(took < STOP_SEC, took)
        equal(last(done, "stopped")["have"], 0)
        equal(last(sharer.end(signal.SIGINT)[0], "stopped")["uploaded"], 0)


@test
def magnet_and_host_name(folder):
    """A magnet link is enough, and --peer may name a host"""
    prepare(folder)
    link = meir(folder, "magnet", "share.torrent").out.strip()
    sharer, port = seed(folder)
    with sharer:
        done = leech(folder, "--peer", f"localhost:{port}", torrent=link)
        equal(done.code, 0, done)
        check_equal(folder)
        equal([line["event"] for line in events(done) if line["event"] in ("metadata", "complete")],
              ["metadata", "complete"])
        sharer.end(signal.SIGINT)


@test
def seed_insists(folder):
    """--seed of what is not all there: exit code 1, how many pieces are missing, nothing written"""
    prepare(folder, "--length", "16K")
    os.truncate(os.path.join(folder, "share", "a.bin"), 16384)
    done = meir(folder, "peer", "--torrent", "share.torrent", "--path", ".", "--seed")
    pieces = -(-sum(FILES.values()) // 16384)
    check(done.code == 1 and re.fullmatch(rf"meir: \d+ pieces of {pieces} are missing in “[^\n]*\n", done.err), done)
    missing = int(done.err.split()[1])
    equal(missing, -(-FILES["a.bin"] // 16384) - 1)
    equal(os.path.getsize(os.path.join(folder, "share", "a.bin")), 16384)


@test
def hook(folder):
    """--on-complete gets words, not a shell, and is told of the torrent in its environment"""
    name = "sh $(touch pwned) `touch pwned`; touch pwned"
    make_share(folder, name)
    create(folder, name=name)
    sharer, port = seed(folder, torrent=name + ".torrent")
    with sharer:
        command = "sh -c 'printf %s\\\\n \"$0\" \"$MEIR_NAME\" \"$MEIR_PATH\" \"$MEIR_INFO_HASH\" \"$MEIR_BYTES\" >out'"
        done = leech(folder, "--peer", f"127.0.0.1:{port}", "--on-complete", command + " 'a $HOME b'",
                     torrent=name + ".torrent")
        equal((done.code, done.err), (0, ""), done)
        sharer.end(signal.SIGINT)
    with open(os.path.join(folder, "out"), encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    equal(lines[:2], ["a $HOME b", name])
    check(os.path.samefile(lines[2], os.path.join(folder, "copy", name)), lines)
    check(re.fullmatch("[0-9a-f]{40}", lines[3]), lines)
    equal(lines[4], str(sum(FILES.values())))
    check(not os.path.exists(os.path.join(folder, "pwned")))


@cases(("that fails", "sh -c 'exit 3'", "3"), ("that is not there", "no-such-command", "no-such-command"))
def bad_hook(folder, command, says):
    """A command is complained about"""
    prepare(folder)
    sharer, port = seed(folder)
    with sharer:
        done = leech(folder, "--peer", f"127.0.0.1:{port}", "--on-complete", command)
        words = rf"meir: The command “[^\n]*” of --on-complete failed: [^\n]*{says}[^\n]*\n"
        check(done.code == 1 and re.fullmatch(words, done.err), done)
        check_equal(folder)
        sharer.end(signal.SIGINT)


@test
def complete_already(folder):
    """What is complete from the start ends at once under --exit-when complete, and runs no command"""
    prepare(folder)
    done = meir(folder, "peer", "--torrent", "share.torrent", "--path", ".", "--exit-when", "complete",
                "--on-complete", "touch ran", "--json")
    equal(done.code, 0, done)
    equal(last(done, "complete")["left"], 0)
    check(not os.path.exists(os.path.join(folder, "ran")))


def states(done):
    return [line["state"] for line in events(done) if line["event"] == "state"]


@test
def remembers(folder):
    """The second start checks nothing, unless --recheck or another --state folder ask for it"""
    # Large enough for the check to be seen.
    os.mkdir(os.path.join(folder, "share"))
    with open(os.path.join(folder, "share", "huge"), "wb") as stream:
        stream.truncate(512 << 20)
    create(folder)
    arguments = ["peer", "--torrent", "share.torrent", "--path", ".", "--exit-when", "complete", "--json"]
    check("checking" in states(meir(folder, *arguments)))
    done = meir(folder, *arguments)
    check(done.code == 0 and "checking" not in states(done), done)
    check("checking" in states(meir(folder, *arguments, "--recheck")))
    check("checking" in states(meir(folder, *arguments, "--state", "elsewhere")))
    check(os.path.isdir(os.path.join(folder, "elsewhere")))


@test
def keeps_what_is_right(folder):
    """What lies there already and is right is kept; only the rest is downloaded"""
    prepare(folder, "--length", "16K")
    os.makedirs(os.path.join(folder, "copy", "share"))
    with open(os.path.join(folder, "share", "a.bin"), "rb") as source:
        data = bytearray(source.read())
    data[100 * 16384] ^= 1
    with open(os.path.join(folder, "copy", "share", "a.bin"), "wb") as copy:
        copy.write(data)
    sharer, port = seed(folder)
    with sharer:
        done = leech(folder, "--peer", f"127.0.0.1:{port}")
        equal(done.code, 0, done)
        check_equal(folder)
        left = sum(FILES.values()) - FILES["a.bin"]
        check(left <= last(done, "stopped")["downloaded"] <= left + 4 * 16384, last(done, "stopped"))
        sharer.end(signal.SIGINT)


@cases(("full", "full"), ("sparse", "sparse"))
def allocation(folder, how):
    """--allocate takes the disk space at the start, or not"""
    prepare(folder)
    with Running(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--json", "--allocate", how) as run:
        run.wait_for('"state":"downloading"')
        path = os.path.join(folder, "copy", "share", "a.bin")
        deadline = time.monotonic() + 10
        while not os.path.exists(path) and how == "full" and time.monotonic() < deadline:
            time.sleep(0.05)
        taken = os.stat(path).st_blocks * 512 if os.path.exists(path) else 0
        run.end(signal.SIGINT)
    equal(taken >= FILES["a.bin"], how == "full", taken)


@cases(
    ("a file in the folder's place", ["--path", "share.torrent"], "share.torrent"),
    ("a folder below a file", ["--path", "share.torrent/x"], "share.torrent/x"),
    ("--seed in a folder that is not there", ["--path", "gone", "--seed"], "gone"),
    ("a pin that is none", ["--path", "new", "--tracker-pin", "md5:00"], "md5:00"),
    ("an address that is none", ["--path", "new", "--bind", "here"], "here"),
    ("an address of another computer", ["--path", "new", "--bind", "192.0.2.1"],
     "“192.0.2.1” is not an address of this computer"),
    ("a state folder below a file", ["--path", "new", "--state", "share.torrent/x"], "share.torrent/x"),
)
def refusals(folder, arguments, says):
    """What a session cannot start with is refused"""
    prepare(folder)
    refused(folder, "peer", "--torrent", "share.torrent", *arguments, says=says)


@test
def port_taken(folder):
    """A port that is taken: exit code 1, and which"""
    prepare(folder)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = meir(folder, "peer", "--torrent", "share.torrent", "--path", "new", "--bind", "127.0.0.1",
                    "--port", port)
    check(done.code == 1 and re.fullmatch(rf"meir: TCP port {port} is taken[^\n]*\n", done.err), done)


# Root may write everywhere, unless it gives that up.
NO_PRIVILEGES = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []


@test
def unwritable(folder):
    """A folder that cannot be written to is refused, unless what is shared lies there"""
    prepare(folder)
    os.mkdir(os.path.join(folder, "locked"), 0o555)
    before = snapshot(folder)
    for path, what in (("locked", "Cannot write into"), ("locked/new", "Cannot use")):
        with Running(folder, "peer", "--torrent", "share.torrent", "--path", path, wrapper=NO_PRIVILEGES) as run:
            done, _ = run.end()
        equal((done.code, done.out, done.err), (2, "", f"meir: {what} the folder “{path}”: Permission denied\n"))
    equal(snapshot(folder), before)
    os.chmod(folder, 0o555)
    with tempfile.TemporaryDirectory() as state:
        with Running(folder, "peer", "--torrent", "share.torrent", "--path", ".", "--state", state, "--exit-when",
                     "complete", wrapper=NO_PRIVILEGES) as run:
            done, _ = run.end()
    os.chmod(folder, 0o755)
    equal((done.code, done.err), (0, ""), done)


@test
def port_taken(folder):
    """A port that is taken: exit code 1, and which"""
    prepare(folder)
    sharer, port = seed(folder)
    with sharer:
        done = leech(folder, "--port", port)
        check(done.code == 1 and re.fullmatch(rf"meir: [^\n]*{port}[^\n]*\n", done.err), done)
        sharer.end(signal.SIGINT)


@test
def one_at_a_time(folder):
    """A second process on the same files is turned away"""
    prepare(folder)
    sharer, _ = seed(folder)
    with sharer:
        done = meir(folder, "peer", "--torrent", "share.torrent", "--path", ".", "--exit-when", "complete")
        check(done.code == 1 and re.fullmatch(r"meir: [^\n]+\n", done.err), done)
        sharer.end(signal.SIGINT)


@cases(("SIGINT", signal.SIGINT), ("SIGTERM", signal.SIGTERM), ("SIGHUP", signal.SIGHUP))
def stops(folder, number):
    """A signal stops it in order and in time, tracker or not"""
    prepare(folder, "--tracker", "http://127.0.0.1:9/announce", "--tracker", "udp://127.0.0.1:9")
    with Running(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--json") as run:
        run.wait_for('"state":"downloading"')
        done, took = run.end(number)
    equal((done.code, done.err), (0, ""), done)
    check(took < STOP_SEC, took)
    equal(events(done)[-1]["event"], "stopped")


@test
def second_signal(folder):
    """A second Ctrl-C ends it at once, without waiting for a tracker that does not answer"""
    prepare(folder, "--tracker", "udp://127.0.0.1:9")
    with Running(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--json") as run:
        run.wait_for('"state":"downloading"')
        time.sleep(0.2)  # until the tracker has been asked: who was never asked is told no goodbye
        run.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        check(run.process.poll() is None, "it had ended already")
        run.process.send_signal(signal.SIGINT)
        equal(run.process.wait(timeout=STOP_SEC), -signal.SIGINT)


@test
def closed_terminal(folder):
    """A terminal that is closed, of which system and shell both tell, stops it in order too"""
    prepare(folder)
    with Running(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--json") as run:
        run.wait_for('"state":"downloading"')
        run.process.send_signal(signal.SIGHUP)
        time.sleep(0.05)
        done, _ = run.end(signal.SIGHUP)
    equal((done.code, done.err), (0, ""), done)
    equal(events(done)[-1]["event"], "stopped")


def check_chosen(folder, done, there, not_there):
    equal((done.code, done.err), (0, ""), done)
    event = last(done, "complete")
    check(event["left"] > 0 and event["wanted_left"] == 0 and event["wanted"] < event["bytes"], event)
    equal(event["bytes"] - event["left"], event["wanted"])
    for path in there:
        shared, copied = (os.path.join(folder, *where, path) for where in (["share"], ["copy", "share"]))
        check(filecmp.cmp(shared, copied, False), path)
    for path in not_there:
        check(not os.path.exists(os.path.join(folder, "copy", "share", path)), path)


@test
def chosen_files(folder):
    """--only gets what it names and makes nothing else; without it the rest follows"""
    prepare(folder)
    sharer, port = seed(folder)
    with sharer:
        arguments = ["--peer", f"127.0.0.1:{port}"]
        done = leech(folder, *arguments, "--only", "b.*", "--only", "sub/emp*")
        check_chosen(folder, done, ["sub/b.bin", "sub/empty"], ["a.bin", "ü.txt"])
        hidden = [name for name in os.listdir(os.path.join(folder, "copy")) if name.startswith(".")]
        equal(len(hidden), 1, hidden)
        done = leech(folder, *arguments, "--play-order")
        equal((done.code, done.err), (0, ""), done)
        equal(last(done, "complete")["left"], 0)
        equal(os.listdir(os.path.join(folder, "copy")), ["share"])
        check_equal(folder)
        sharer.end(signal.SIGINT)


@test
def chosen_files_of_a_link(folder):
    """--only waits for the list of files of a magnet link, and again when the list is known"""
    prepare(folder)
    link = meir(folder, "magnet", "share.torrent").out.strip()
    sharer, port = seed(folder)
    with sharer:
        for _ in range(2):
            done = leech(folder, "--peer", f"127.0.0.1:{port}", "--only", "sub/*", torrent=link)
            check_chosen(folder, done, ["sub/b.bin"], ["a.bin", "ü.txt"])
        done = leech(folder, "--peer", f"127.0.0.1:{port}", "--only", "nothing", torrent=link)
        equal(done.code, 2, done)
        check("“nothing”" in done.err, done)
        sharer.end(signal.SIGINT)


@test
def no_such_file(folder):
    """A pattern that fits no file is told before anything is begun"""
    prepare(folder)
    done = meir(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--only", "*.bin", "--only", "*.mkv")
    equal(done.code, 2, done)
    check("--only “*.mkv”" in done.err, done)
    check(not os.path.exists(os.path.join(folder, "copy")))


def observe_rate(folder, sharer_flags, flags, limit):
    """What a leecher says it gets a second, once it has been at it for a while"""
    prepare(folder)
    sharer, port = seed(folder, *sharer_flags)
    with sharer:
        with Running(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--json", "--peer",
                     f"127.0.0.1:{port}", *flags) as run:
            run.wait_for(r'(?s)("event":"progress".*){4}')
            done = run.end(signal.SIGINT)[0]
        sharer.end(signal.SIGINT)
    rates = [event["down_per_sec"] for event in events(done) if event["event"] == "progress"]
    check(0 < max(rates) < limit * 1.3, f"{rates} at {limit}")
    check(events(done)[-1]["left"] > 0, "all came at once")


@test
def limits_what_comes_in(folder):
    """--down-limit holds"""
    observe_rate(folder, [], ["--down-limit", "50"], 50_000)


@test
def limits_what_goes_out(folder):
    """--up-limit holds, over TLS too"""
    observe_rate(folder, ["--up-limit", "60", "--tls", "require"], ["--tls", "require"], 60_000)


@test
def stops_while_the_command_runs(folder):
    """A signal does not wait for the command of --on-complete"""
    prepare(folder)
    sharer, port = seed(folder)
    with sharer:
        with Running(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--json", "--peer",
                     f"127.0.0.1:{port}", "--exit-when", "complete", "--on-complete",
                     "sh -c 'echo $$ >pid.part && mv pid.part pid && exec sleep 60'") as run:
            while not os.path.exists(os.path.join(folder, "pid")):
                time.sleep(0.01)
            run.process.send_signal(signal.SIGINT)
            # Not the end of its output, which the command holds open.
            equal(run.process.wait(timeout=STOP_SEC), 0)
            with open(os.path.join(folder, "pid"), encoding="ascii") as stream:
                os.kill(int(stream.read()), signal.SIGTERM)
        sharer.end(signal.SIGINT)


def small_disk():
    """What runs a command where copy/ is a file system of 8 MiB, and the options of nsenter to get there."""
    ways = [([], []), (["--map-root-user"], ["--user", "--preserve-credentials"])]
    for unshare, nsenter in ways[os.geteuid() != 0:]:
        wrapper = ["unshare", *unshare, "--mount"]
        if subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode == 0:
            return [*wrapper, "sh", "-c", 'mount -t tmpfs -o size=8m tmpfs copy && exec "$0" "$@"'], nsenter
    raise Skip("no mount namespaces here")


@test
def disk_full(folder):
    """When the disk is full it waits, says how much is missing, and goes on when there is room"""
    wrapper, nsenter = small_disk()
    make_share(folder, files={"big": 30 << 20})
    create(folder)
    os.mkdir(os.path.join(folder, "copy"))
    sharer, port = seed(folder)
    with sharer:
        with Running(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--json", "--peer",
                     f"127.0.0.1:{port}", "--on-complete", f"cmp copy/share/big {folder}/share/big", "--exit-when",
                     "complete", "--bind", "127.0.0.1", wrapper=wrapper) as run:
            missing = int(run.wait_for(r'"state":"disk-full"[^\n]*"space_needed":([1-9]\d*)').group(1))
            check(20 << 20 <= missing <= 30 << 20, missing)
            subprocess.run(["nsenter", "--target", str(run.process.pid), *nsenter, "--mount", "--root", "mount",
                            "-o", "remount,size=64m", os.path.join(folder, "copy")], check=True)
            done, _ = run.end()
        # The command has compared the files where only it could see them.
        equal((done.code, done.err), (0, ""), done)
        sharer.end(signal.SIGINT)


@test
def closed_pipe(folder):
    """When nobody reads its output any more, it stops without a word"""
    prepare(folder)
    reader, writer = os.pipe()
    process = subprocess.Popen([MEIR, "peer", "--torrent", "share.torrent", "--path", ".", "--json"], stdout=writer,
                               stderr=subprocess.PIPE, env=environment(folder), cwd=folder)
    os.close(writer)
    os.read(reader, 10)
    os.close(reader)
    _, err = process.communicate(timeout=60)
    equal((process.returncode, err), (1, b""))


@test
def plain_lines(folder):
    """Without a terminal it prints plain lines that say what happens"""
    prepare(folder)
    sharer, port = seed(folder)
    with sharer:
        done = meir(folder, "peer", "--torrent", "share.torrent", "--path", "copy", "--peer", f"127.0.0.1:{port}",
                    "--exit-when", "complete")
        equal((done.code, done.err), (0, ""), done)
        check(not HARMFUL.search(done.out), done)
        check(re.search(r"^Name +share$", done.out, re.M) and "“share” is complete\n" in done.out, done)
        check(re.search(r"^Stopped: (\d+) of \1 pieces", done.out, re.M), done)
        sharer.end(signal.SIGINT)


@test
def on_screen(folder):
    """On a terminal there is a piece map and a line of numbers, both as wide as the terminal at most"""
    prepare(folder)
    done = on_terminal(folder, "peer", "--torrent", "share.torrent", "--path", ".", columns=50,
                       interrupt_after="█.*\n.*Complete, sharing")
    equal(done.code, 0, done)
    for line in re.split(r"[\r\n]", done.out):
        check(len(re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line)) <= 50 or "\x1b[1m" in line or "Stopped" in line, line)
    done = on_terminal(folder, "peer", "--torrent", "share.torrent", "--path", "copy", columns=12,
                       interrupt_after="░.*\n.*0 %")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.out)
    check(done.code == 0 and re.search(r"░{11}\n0 %\r", plain), "what does not fit is left out", done)
    done = on_terminal(folder, "peer", "--torrent", "share.torrent", "--path", ".", env={"LC_ALL": "C"},
                       interrupt_after="###.*\n.*Complete, sharing")
    check(done.code == 0 and "█" not in done.out, done)


if __name__ == "__main__":
    main()
