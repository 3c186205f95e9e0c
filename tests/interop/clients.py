# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs under test and those they meet, each started as its users start it."""

import base64
import json
import os
import shutil
import signal
import sys
import urllib.error
import urllib.parse
import urllib.request

from content import check_same
from lab import wait
from program import MEIR, Done, environment, judge, meir

HERE = os.path.dirname(os.path.abspath(__file__))
PORT = 26881
TRACKER_PORT = 6969
# Nothing of the network is reached through a proxy.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def create(folder, name, *trackers):
    """Makes NAME.torrent of the file or folder there; what `meir create --json` says of it."""
    arguments = [word for url in trackers for word in ("--tracker", url)]
    done = meir(folder, "create", "--path", name, "--output", name + ".torrent", "--json", *arguments)
    if done.code:
        raise AssertionError(done)
    made = json.loads(done.out)
    made["path"] = os.path.join(folder, name + ".torrent")
    return made


class Client:
    """A program that shares or downloads one torrent; its files lie in the folder @path."""

    n_started = 0
    makes_empty_files = True

    def __init__(self, host, path):
        Client.n_started += 1
        self.host = host
        self.path = path
        self.home = os.path.join(host.network.folder, f"home-{Client.n_started}")
        os.makedirs(self.home)
        os.makedirs(path, exist_ok=True)

    def wait_complete(self, seconds=120):
        self.program.wait(self.is_complete, "it is complete", seconds)

    def check_same(self, original):
        check_same(original, os.path.join(self.path, os.path.basename(original)), self.makes_empty_files)


class Meir(Client):
    """meir peer --json"""

    name = "meir"

    def __init__(self, host, path, torrent, *arguments, home=None):
        super().__init__(host, path)
        self.home = home or self.home
        self.port = PORT
        self.program = host.start(self.name, [MEIR, "peer", "--torrent", torrent, "--path", path, "--port", str(PORT),
                                              "--json", *arguments], env=environment(self.home))

    def events(self, kind=None):
        """The events printed so far, the last line only once it is whole."""
        lines = self.program.out().split("\n")[:-1]
        return [event for event in map(json.loads, lines) if kind in (None, event["event"])]

    def wait_event(self, kind, predicate=lambda event: True, seconds=90):
        """The first event of that kind the predicate holds for."""
        return self.program.wait(lambda: next(filter(predicate, self.events(kind)), None), f"an event {kind}", seconds)

    def is_complete(self):
        return self.events("complete")

    def last(self):
        """The newest event that tells how the torrent is."""
        return [event for event in self.events() if "state" in event][-1]

    def end(self, signal_number=None, seconds=60):
        """Ends it, and checks that it ended well; the last event and the seconds it took."""
        code, took = self.program.end(signal_number, seconds)
        done = judge(Done(code, self.program.out(), self.program.err()))
        if done.code != 0 or done.err:
            raise AssertionError(done)
        return self.events("stopped")[-1], took


class LibTorrent(Client):
    """A program on python3-libtorrent"""

    name = "libtorrent"

    def __init__(self, host, path, torrent):
        super().__init__(host, path)
        # The bindings belong to the system's own Python, whatever runs the tests.
        self.program = host.start(self.name, ["/usr/bin/python3", os.path.join(HERE, "libtorrent_peer.py"),
                                              f"{host.address}:{PORT}", path, torrent], cwd=self.home)

    def status(self):
        lines = self.program.out().split("\n")[:-1]
        return json.loads(lines[-1]) if lines else {}

    def is_complete(self):
        return self.status().get("complete")


class Transmission(Client):
    """transmission-daemon, driven over its RPC as transmission-remote does"""

    name = "transmission"
    rpc_port = 9091
    makes_empty_files = False  # nor does it ask for them

    def __init__(self, host, path, torrent):
        super().__init__(host, path)
        self.session_id = ""
        settings = {"download-dir": path, "dht-enabled": False, "lpd-enabled": False, "utp-enabled": False,
                    "port-forwarding-enabled": False, "peer-port": PORT, "rpc-port": self.rpc_port,
                    "rpc-whitelist-enabled": False, "rpc-host-whitelist-enabled": False}
        with open(os.path.join(self.home, "settings.json"), "w", encoding="utf-8") as stream:
            json.dump(settings, stream)
        self.program = host.start(self.name, ["transmission-daemon", "--foreground", "--config-dir", self.home])
        self.program.wait(lambda: self.ask("session-get"), "it answers")
        arguments = {"filename": torrent}
        if not torrent.startswith("magnet:"):
            with open(torrent, "rb") as stream:
                arguments = {"metainfo": base64.b64encode(stream.read()).decode()}
        added = self.ask("torrent-add", **arguments)
        if "torrent-added" not in added:
            raise AssertionError(added)

    def ask(self, method, **arguments):
        """What it answers; None while it is not up."""
        body = json.dumps({"method": method, "arguments": arguments}).encode()
        request = urllib.request.Request(f"http://{self.host.address}:{self.rpc_port}/transmission/rpc", body,
                                         {"X-Transmission-Session-Id": self.session_id})
        try:
            with _opener.open(request, timeout=10) as reply:
                answer = json.load(reply)
        except urllib.error.HTTPError as error:
            if error.code != 409:  # the first request is answered with the id that the others have to carry
                raise
            self.session_id = error.headers["X-Transmission-Session-Id"]
            return self.ask(method, **arguments)
        except urllib.error.URLError:
            return None
        if answer["result"] != "success":
            raise AssertionError(answer)
        return answer["arguments"] or True

    def status(self):
        fields = ["percentDone", "leftUntilDone", "metadataPercentComplete", "uploadedEver", "errorString", "status"]
        torrents = self.ask("torrent-get", fields=fields)["torrents"]
        return torrents[0] if torrents else {}

    def is_complete(self):
        status = self.status()
        return status.get("metadataPercentComplete") == 1 and status.get("leftUntilDone") == 0


class Capture:
    """What goes over a host's link while this context is open."""

    def __init__(self, host, interface="eth0"):
        self.folder = os.path.join(host.network.folder, "capture")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.program = host.start("capture", [sys.executable, os.path.join(HERE, "capture.py"), interface, self.folder])
        self.program.wait(lambda: "listening" in self.program.out(), "it listens")

    def stop(self):
        """The bytes of every direction of every connection, by "FROM:PORT-TO:PORT"."""
        code, _ = self.program.end(signal.SIGTERM)
        if code:
            raise AssertionError(self.program.describe())
        flows = {}
        for name in os.listdir(self.folder):
            with open(os.path.join(self.folder, name), "rb") as stream:
                flows[name] = stream.read()
        return flows


class Tracker:
    """What both trackers have in common: HTTP and UDP on one port, the same swarms behind both."""

    def __init__(self, host):
        self.host = host

    def url(self, scheme):
        path = "/announce" if scheme == "http" else ""
        return f"{scheme}://{self.host.address}:{TRACKER_PORT}{path}"

    def scrape(self, info_hash):
        """(seeds, downloads so far, leechers) of a torrent; None while the tracker is not up."""
        query = "info_hash=" + urllib.parse.quote(bytes.fromhex(info_hash))  # not every tracker reads "+" as a space
        try:
            with _opener.open(f"http://{self.host.address}:{TRACKER_PORT}/scrape?{query}", timeout=10) as reply:
                text = reply.read()
        except OSError:
            return None
        numbers = []
        for key in (b"complete", b"downloaded", b"incomplete"):
            _, found, rest = text.partition(b"%d:%si" % (len(key), key))
            numbers.append(int(rest.partition(b"e")[0]) if found else 0)
        return tuple(numbers)

    def wait_seed(self, info_hash, seconds=90):
        self.wait(info_hash, lambda seeds, _, __: seeds >= 1, seconds)

    def wait(self, info_hash, predicate, seconds=90):
        wait(lambda: predicate(*self.scrape(info_hash)),
             lambda: f"the tracker knows {self.scrape(info_hash)}\n{self.program.describe()}", seconds)


class MeirTracker(Tracker):
    """meir tracker"""

    name = "ours"

    def __init__(self, host, _info_hashes=()):
        super().__init__(host)
        home = os.path.join(host.network.folder, "home-tracker")
        self.program = host.start("tracker", [MEIR, "tracker", "--bind", host.address], env=environment(home))
        self.program.wait(lambda: "Ctrl-C" in self.program.out(), "it listens")


class OpenTracker(Tracker):
    """opentracker, which Debian builds to serve listed info-hashes only"""

    name = "opentracker"

    def __init__(self, host, info_hashes):
        super().__init__(host)
        folder = os.path.join(host.network.folder, "opentracker")
        os.makedirs(folder)
        allowed = os.path.join(folder, "allowed")
        with open(allowed, "w", encoding="ascii") as stream:
            stream.writelines(info_hash + "\n" for info_hash in info_hashes)
        # It refuses to be root, and the namespaces may have nobody else.
        nobody = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]
        self.program = host.start("opentracker", [*nobody, "opentracker", "-i", host.address, "-p", str(TRACKER_PORT),
                                                  "-P", str(TRACKER_PORT), "-d", folder, "-w", allowed])
        self.program.wait(lambda: self.scrape("0" * 40), "it listens")
