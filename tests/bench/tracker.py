#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our tracker beside Debian's opentracker: announces a second, and a second of the tracker's processor time.

usage: tracker.py [--meir COMMAND] [--modes udp,http,close] [--torrents N,N] [--runs N] [--seconds N]

Needs opentracker and cc. Runs alternate, so that what else the machine does hits both alike; medians are printed.
The figure per processor second is the one to quote: it does not depend on how fast the load comes.
opentracker closes every HTTP connection, so "http" measures our open connections against its closing ones.
"""

import argparse
import os
import re
import shlex
import statistics
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PORT = 16969


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start(kind, meir, folder, port):
    if kind == "meir":
        command = shlex.split(meir) + ["tracker", "--bind", "127.0.0.1", "--port", str(port)]
    else:
        command = ["opentracker", "-i", "127.0.0.1", "-p", str(port), "-P", str(port), "-d", folder, "-w", "/list"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.7)
    if process.poll() is not None:
        raise SystemExit(f"tracker.py: {command[0]} did not start")
    return process


def measure(kind, mode, torrents, options, folder, port):
    process = start(kind, options.meir, folder, port)
    try:
        # opentracker does not keep connections open, so asking it to would only count its errors.
        asked = "close" if kind == "opentracker" and mode == "http" else mode
        before, began = cpu_seconds(process.pid), time.monotonic()
        result = subprocess.run(
            [os.path.join(folder, "tracker-load"), asked, str(port), str(options.seconds), str(torrents)],
            capture_output=True, text=True, check=True).stdout
        used, took = cpu_seconds(process.pid) - before, time.monotonic() - began
    finally:
        process.terminate()
        process.wait()
    rate = float(re.match(r"[0-9.]+", result).group())
    return rate, rate * took / max(used, 0.01)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--meir", default="meir", help="how to run meir")
    parser.add_argument("--modes", default="udp,http,close")
    parser.add_argument("--torrents", default="100000,1000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    port = PORT
    with tempfile.TemporaryDirectory(prefix="meir-bench-") as folder:
        os.chmod(folder, 0o755)  # opentracker gives up its rights before it reads
        load = os.path.join(folder, "tracker-load")
        subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", load, os.path.join(HERE, "tracker-load.c")], check=True)
        print(f"{'':16} {'opentracker':>12} {'meir':>12} {'ratio':>6}   {'per cpu s':>10} {'':>10} {'ratio':>6}")
        for torrents in map(int, options.torrents.split(",")):
            with open(os.path.join(folder, "list"), "w") as hashes:
                subprocess.run([load, "list", str(torrents)], stdout=hashes, check=True)
            for mode in options.modes.split(","):
                results = {"opentracker": [], "meir": []}
                for _ in range(options.runs):
                    for kind, figures in results.items():
                        port += 1
                        figures.append(measure(kind, mode, torrents, options, folder, port))
                theirs, ours = ([statistics.median(column) for column in zip(*figures)]
                                for figures in results.values())
                print(f"{mode:5} {torrents:10} {theirs[0]:12.0f} {ours[0]:12.0f} {ours[0] / theirs[0]:6.2f}   "
                      f"{theirs[1]:10.0f} {ours[1]:10.0f} {ours[1] / theirs[1]:6.2f}", flush=True)


if __name__ == "__main__":
    main()
