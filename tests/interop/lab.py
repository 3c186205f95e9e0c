# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of our own: hosts in network namespaces on one bridge, and programs that run on them.

Everything lives in namespaces of the test program, process ids included, so that nothing outlives it, whatever way
it ends, and no packet leaves the computer.
"""

import os
import signal
import subprocess
import sys
import time

import apart

PATIENCE_SEC = 90
SHOWN_CHARS = 3000


def enter():
    """Starts the test program again in namespaces of its own; returns in there."""
    why_not = apart.enter()
    if why_not is not None:
        print(f"1..0 # SKIP no namespaces here: {why_not}")
        sys.exit(0)


def wait(predicate, what, seconds=PATIENCE_SEC):
    """Until the predicate holds; its value. @what is a text, or a function that makes one."""
    deadline = time.monotonic() + seconds
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def unmount(folder):
    apart.run("umount", "--lazy", folder)


class Program:
    """A program that runs on a host, its output in files."""

    def __init__(self, name, command, folder, env, cwd):
        os.makedirs(folder, exist_ok=True)
        self.name = name
        self.paths = [os.path.join(folder, f"{name}.{stream}") for stream in ("out", "err")]
        with open(self.paths[0], "wb") as out, open(self.paths[1], "wb") as err:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env,
                                            cwd=cwd or folder, start_new_session=True)

    def out(self):
        return self._read(0)

    def err(self):
        return self._read(1)

    def _read(self, which):
        with open(self.paths[which], encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()

    def describe(self):
        return (f"{self.name}: exit code {self.process.poll()}\n-- stdout\n{self.out()[-SHOWN_CHARS:]}\n"
                f"-- stderr\n{self.err()[-SHOWN_CHARS:]}")

    def wait(self, predicate, what, seconds=PATIENCE_SEC):
        """Until the predicate holds; fails at once when the program has ended and it does not."""
        def look():
            ended = self.process.poll() is not None
            value = predicate()
            if not value and ended:
                raise AssertionError(f"ended before {what}\n{self.describe()}")
            return value
        return wait(look, lambda: f"{what}\n{self.describe()}", seconds)

    def end(self, signal_number=None, seconds=PATIENCE_SEC):
        """Sends the signal, if any, and waits for the end; the exit code and the seconds it took."""
        start = time.monotonic()
        if signal_number is not None and self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"does not end\n{self.describe()}") from None
        return code, time.monotonic() - start

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def status(self, field):
        """A number of /proc/PID/status, such as VmHWM in KiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as stream:
            for line in stream:
                if line.startswith(field + ":"):
                    return int(line.split()[1])
        raise KeyError(field)

    def is_sanitized(self):
        with open(f"/proc/{self.process.pid}/maps", encoding="utf-8", errors="replace") as stream:
            return "libasan" in stream.read()


class Host:
    """A computer on the network, with one address."""

    def __init__(self, network, name, address):
        self.network = network
        self.name = name
        self.address = address
        self.programs = []
        own = os.readlink("/proc/self/ns/net")
        # It holds the namespace, and does nothing else.
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL)
        self.namespace = f"/proc/{self.holder.pid}/ns/net"
        wait(lambda: os.readlink(self.namespace) != own, "a network namespace")
        outer = f"v{self.holder.pid}"
        apart.run("ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", str(self.holder.pid))
        apart.run("ip", "link", "set", outer, "master", network.bridge, "up")
        for command in (["link", "set", "lo", "up"], ["address", "add", address + "/24", "dev", "eth0"],
                        ["link", "set", "eth0", "up"]):
            self.run("ip", *command)
        # Whatever the kernel prefers: it is always there, and its connections share a slow link.
        self.run("sysctl", "--quiet", "--write", "net.ipv4.tcp_congestion_control=reno")

    def inside(self, *command):
        return ["nsenter", "--net=" + self.namespace, "--", *command]

    def run(self, *command):
        """Runs to the end; its output."""
        return apart.run(*self.inside(*command))

    def shape(self, mbit_per_sec):
        """Lets no more than that leave the host; None takes the limit away."""
        if mbit_per_sec is None:
            self.run("tc", "qdisc", "del", "dev", "eth0", "root")
        else:
            self.run("tc", "qdisc", "replace", "dev", "eth0", "root", "tbf", "rate", f"{mbit_per_sec}mbit",
                     "burst", "256k", "latency", "50ms")

    def start(self, name, command, env=None, cwd=None):
        folder = os.path.join(self.network.folder, "logs")
        name = f"{self.address} {self.name} {name} {len(self.programs)}"
        program = Program(name, self.inside(*command), folder, env, cwd)
        self.programs.append(program)
        return program

    def close(self):
        for program in self.programs:
            program.kill()
        self.holder.kill()
        self.holder.wait()


class Network:
    """Hosts on one bridge; the test program sits on it too, with an address of its own. Use as a context."""

    bridge = "bridge0"

    def __init__(self, folder):
        self.folder = folder
        self.address = "10.77.0.1"
        self.hosts = []
        apart.run("ip", "link", "add", self.bridge, "type", "bridge")
        apart.run("ip", "address", "add", self.address + "/24", "dev", self.bridge)
        apart.run("ip", "link", "set", self.bridge, "up")

    def host(self, name):
        host = Host(self, name, f"10.77.0.{len(self.hosts) + 2}")
        self.hosts.append(host)
        return host

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for host in self.hosts:
            host.close()
        apart.run("ip", "link", "delete", self.bridge)
