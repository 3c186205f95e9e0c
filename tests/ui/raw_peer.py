# SPDX-License-Identifier: GPL-3.0-or-later
"""People who do what a test says, and no more: peers that connect to the window and speak BEP 3 by bytes."""

import socket
import struct
import threading

import bencode

CHOKE, UNCHOKE, INTERESTED, BITFIELD, REQUEST, PIECE, EXTENDED = 0, 1, 2, 5, 6, 7, 20


def message(kind, payload=b""):
    return struct.pack(">IB", 1 + len(payload), kind) + payload


class RawPeer:
    """Connects from an address of its own; use as a context. It stays until the end and listens to what it is told.

    @say: messages to begin with
    @answers: a REQUEST is answered, once, with bytes that no torrent here has
    @extended: it says that it knows the extension protocol (BEP 10), and no extension
    """

    def __init__(self, port, info_hash, source, say=b"", answers=False, extended=False):
        self.answers = answers
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(source, 0))
        reserved = bytes([0, 0, 0, 0, 0, 0x10 if extended else 0, 0, 0])
        peer_id = b"-XX0000-" + source.encode().ljust(12)
        self.socket.sendall(b"\x13BitTorrent protocol" + reserved + info_hash + peer_id)
        self.read(68)
        if extended:
            self.socket.sendall(message(EXTENDED, b"\x00" + bencode.encode({"m": {}})))
        self.socket.sendall(say)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was thrown out
        self.thread.join()
        self.socket.close()

    def read(self, length):
        data = b""
        while len(data) < length:
            more = self.socket.recv(length - len(data))
            if not more:
                raise ConnectionError("the window closed the connection")
            data += more
        return data

    def listen(self):
        self.socket.settimeout(None)
        try:
            while True:
                length, = struct.unpack(">I", self.read(4))
                body = self.read(length)
                if body[:1] == bytes([REQUEST]) and self.answers:
                    piece, begin, wanted = struct.unpack(">III", body[1:])
                    self.socket.sendall(message(PIECE, struct.pack(">II", piece, begin) + b"\xff" * wanted)
                                        + message(CHOKE))
                    self.answers = False
        except OSError:
            pass  # the end of either side


def bitfield(n_pieces, n_had):
    bits = "1" * n_had + "0" * (-n_pieces % 8 + n_pieces - n_had)
    return message(BITFIELD, bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)))
