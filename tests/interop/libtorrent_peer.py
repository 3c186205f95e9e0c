#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A BitTorrent program on libtorrent, with its settings as they come but for what would look beyond the test network.

usage: libtorrent_peer.py ADDRESS:PORT FOLDER TORRENT-OR-MAGNET

Prints its status as a line of JSON whenever that changes.
"""

import json
import sys
import time

import libtorrent

OFF = ("enable_dht", "enable_lsd", "enable_upnp", "enable_natpmp", "enable_outgoing_utp", "enable_incoming_utp")


def main(listen, folder, what):
    session = libtorrent.session({"listen_interfaces": listen, "alert_mask": 0, **{name: False for name in OFF}})
    if what.startswith("magnet:"):
        parameters = libtorrent.parse_magnet_uri(what)
    else:
        parameters = libtorrent.add_torrent_params()
        parameters.ti = libtorrent.torrent_info(what)
    parameters.save_path = folder
    handle = session.add_torrent(parameters)
    said = None
    while True:
        status = handle.status()
        line = json.dumps({"state": str(status.state), "complete": status.is_seeding, "peers": status.num_peers,
                           "metadata": status.has_metadata, "downloaded": status.total_payload_download,
                           "uploaded": status.total_payload_upload, "error": status.errc.message()})
        if line != said:
            print(line, flush=True)
            said = line
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
