#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the window is busy at a time with 10,000 torrents, 100,000 files and pieces, and 10,000 peers.

usage: scale.py BUILD

Runs tests/app/test-scale of a build folder under the software renderer, and prints for each thing that is done the
longest turn of the main loop and the longest frame (processor time), and the longest time between two frames (by the
clock on the wall: others on the machine count), behind it how loaded the machine was. The aim: a turn of at most 16 ms,
a frame every 33 ms.
"""

import argparse
import os
import re
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=os.path.abspath, help="the build folder")
    build = parser.parse_args().build
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    env = {**os.environ, "GTK_A11Y": "test", "GDK_DEBUG": "gl-disable", "GSK_RENDERER": "cairo",
           "ADW_DISABLE_PORTAL": "1", "DBUS_SESSION_BUS_ADDRESS": "disabled:", "GSETTINGS_BACKEND": "memory",
           "GSETTINGS_SCHEMA_DIR": os.path.join(build, "data"), "GIO_USE_NETWORK_MONITOR": "base", "LC_ALL": "C.UTF-8"}
    before = os.getloadavg()[0]
    run = subprocess.run([os.path.join(source, "support", "with-display"), os.path.join(build, "tests/app/test-scale"),
                          "-m", "perf"], env=env, capture_output=True, text=True, check=False)
    for line in re.findall(r"^# (.*(?: ms| MiB).*)$", run.stdout, re.MULTILINE):
        print(line)
    print(f"load average {before:.1f} before, {os.getloadavg()[0]:.1f} after, {os.cpu_count()} processors")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
