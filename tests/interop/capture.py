#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listens on a link, and writes down what both sides of every TCP connection said.

usage: capture.py INTERFACE FOLDER

Until SIGTERM; then FOLDER holds a file for each direction of each connection, "FROM:PORT-TO:PORT", with its bytes in
order. Fails when it missed a packet or a byte.
"""

import os
import signal
import socket
import struct
import sys

ETH_P_ALL = 3
ETH_P_IP = 0x0800
ETH_P_IPV6 = 0x86DD
SOL_PACKET = 263
PACKET_OUTGOING = 4
PACKET_STATISTICS = 6
IPPROTO_TCP = 6
SO_RCVBUFFORCE = 33
SYN = 2
BUFFER_BYTES = 512 << 20
PACKET_MAX = 1 << 18
READY = "listening"


class Flow:
    """One direction of a connection."""

    def __init__(self):
        self.first = None
        self.parts = []

    def add(self, sequence, flags, payload):
        if flags & SYN:
            sequence += 1
        if self.first is None:
            self.first = sequence
        if payload:
            self.parts.append(((sequence - self.first) % (1 << 32), payload))

    def join(self):
        """The bytes in order; what was sent twice, once."""
        whole = bytearray()
        for offset, payload in sorted(self.parts, key=lambda part: part[0]):
            if offset > len(whole):
                raise ValueError(f"bytes {len(whole)} to {offset} were not seen")
            whole += payload[len(whole) - offset:]
        return bytes(whole)


def parse(protocol, packet):
    """(source, destination, payload of TCP and its header) or None for anything else."""
    if protocol == ETH_P_IP and packet[9] == IPPROTO_TCP:
        begin, end = (packet[0] & 15) * 4, struct.unpack_from("!H", packet, 2)[0] or len(packet)
        addresses = [socket.inet_ntop(socket.AF_INET, packet[at:at + 4]) for at in (12, 16)]
    elif protocol == ETH_P_IPV6 and packet[6] == IPPROTO_TCP:
        begin, end = 40, 40 + struct.unpack_from("!H", packet, 4)[0]
        addresses = [socket.inet_ntop(socket.AF_INET6, packet[at:at + 16]) for at in (8, 24)]
    else:
        return None
    source, destination, sequence = struct.unpack_from("!HHI", packet, begin)
    data = begin + (packet[begin + 12] >> 4) * 4
    return f"{addresses[0]}:{source}-{addresses[1]}:{destination}", sequence, packet[begin + 13], packet[data:end]


def main(interface, folder):
    link = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    link.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    link.bind((interface, ETH_P_ALL))
    flows = {}
    running = True

    def stop(*_):
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    link.settimeout(0.1)
    print(READY, flush=True)
    while True:
        try:
            packet, (_, protocol, kind, *_) = link.recvfrom(PACKET_MAX)
        except socket.timeout:
            if not running:
                break
            continue
        # The loopback interface shows every packet twice: on its way out, and in.
        found = None if interface == "lo" and kind == PACKET_OUTGOING else parse(protocol, packet)
        if found:
            flows.setdefault(found[0], Flow()).add(*found[1:])
    missed = struct.unpack("=II", link.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]
    if missed:
        sys.exit(f"missed {missed} packets")
    for name, flow in flows.items():
        with open(os.path.join(folder, name), "wb") as stream:
            stream.write(flow.join())


if __name__ == "__main__":
    main(*sys.argv[1:])
