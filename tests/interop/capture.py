#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listens on a link, and writes down what both sides of every TCP connection said.

usage: capture.py INTERFACE FOLDER

Until SIGTERM; then FOLDER holds a file for each direction of each connection, "FROM:PORT-TO:PORT", with its bytes in
order. Fails when it missed a packet or a byte.
"""

import mmap
import os
import select
import signal
import socket
import struct
import sys

# <linux/if_ether.h>, <linux/if_packet.h>
ETH_P_ALL = 3
ETH_P_IP = 0x0800
ETH_P_IPV6 = 0x86DD
SOL_PACKET = 263
PACKET_OUTGOING = 4
PACKET_RX_RING = 5
PACKET_STATISTICS = 6
PACKET_VERSION = 10
TPACKET_V3 = 2
TP_STATUS_KERNEL = 0
TP_STATUS_USER = 1
BLOCK_HEADER = struct.Struct("=IIIII")  # version, private, status, packets, first packet
BLOCK_STATUS_AT = 8
PACKET_HEADER = struct.Struct("=IIIIIIHH")  # next, seconds, nanoseconds, captured, length, status, mac, net
ADDRESS = struct.Struct("=H2siHBB")  # family, protocol, interface, hardware, kind, length
ADDRESS_AT = 48

BLOCK_BYTES = 1 << 20
N_BLOCKS = 128
RETIRE_MSEC = 50
QUIET_MSEC = 4 * RETIRE_MSEC
IPPROTO_TCP = 6
SYN = 2


class Ring:
    """Packets in memory shared with the kernel, which a busy computer does not lose as it does a socket's."""

    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self.socket.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V3)
        self.socket.setsockopt(SOL_PACKET, PACKET_RX_RING, struct.pack(
            "=IIIIIII", BLOCK_BYTES, N_BLOCKS, BLOCK_BYTES, N_BLOCKS, RETIRE_MSEC, 0, 0))
        self.memory = mmap.mmap(self.socket.fileno(), BLOCK_BYTES * N_BLOCKS)
        self.socket.bind((interface, ETH_P_ALL))
        self.poll = select.poll()
        self.poll.register(self.socket, select.POLLIN)
        self.block = 0

    def read(self):
        """(protocol, kind, packet) of those that came; none when it was quiet for a while."""
        at = self.block * BLOCK_BYTES
        if not struct.unpack_from("=I", self.memory, at + BLOCK_STATUS_AT)[0] & TP_STATUS_USER:
            self.poll.poll(QUIET_MSEC)
        _, _, status, n_packets, first = BLOCK_HEADER.unpack_from(self.memory, at)
        if not status & TP_STATUS_USER:
            return
        packet = at + first
        for _ in range(n_packets):
            following, _, _, captured, length, _, _, net = PACKET_HEADER.unpack_from(self.memory, packet)
            if captured != length:
                raise ValueError(f"{captured} of a packet's {length} bytes were seen")
            _, protocol, _, _, kind, _ = ADDRESS.unpack_from(self.memory, packet + ADDRESS_AT)
            yield int.from_bytes(protocol, "big"), kind, self.memory[packet + net:packet + net + captured]
            packet += following
        struct.pack_into("=I", self.memory, at + BLOCK_STATUS_AT, TP_STATUS_KERNEL)
        self.block = (self.block + 1) % N_BLOCKS

    def count_missed(self):
        return struct.unpack("=III", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 12))[1]


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
    """("FROM:PORT-TO:PORT", sequence number, flags, payload) of TCP, or None for anything else."""
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
    flows = {}
    running = True

    def stop(*_):
        nonlocal running
        running = False

    ring = Ring(interface)
    signal.signal(signal.SIGTERM, stop)
    print("listening", flush=True)
    quiet = False
    while running or not quiet:
        quiet = True
        for protocol, kind, packet in ring.read():
            quiet = False
            # The loopback interface shows every packet twice: on its way out, and in.
            found = None if interface == "lo" and kind == PACKET_OUTGOING else parse(protocol, packet)
            if found:
                flows.setdefault(found[0], Flow()).add(*found[1:])
    missed = ring.count_missed()
    if missed:
        sys.exit(f"missed {missed} packets")
    for name, flow in flows.items():
        with open(os.path.join(folder, name), "wb") as stream:
            stream.write(flow.join())


if __name__ == "__main__":
    main(*sys.argv[1:])
