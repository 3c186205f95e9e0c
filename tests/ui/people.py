# SPDX-License-Identifier: GPL-3.0-or-later
"""What people bring to the window: files of their own, settings, something to drag."""

import contextlib
import hashlib
import http.server
import os
import subprocess
import threading

import bencode
import desktop

APP_GROUP = "io/github/meirtorrent/MeirTorrent"
PIECE = 1 << 14
N_PIECES = 12


def make_file(folder, name, length, seed=1):
    """A file whose bytes can be told from any other's."""
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(bytes((i * 7 + i // 251 * seed) % 256 for i in range(length)))
    return path


def write_torrent(folder, name, length=N_PIECES * PIECE, piece_length=PIECE, url=None, files=()):
    """A .torrent of zeros that nobody has to make first: a file, or files of that length; its path and info-hash."""
    n_pieces, last = divmod(length * max(1, len(files)), piece_length)
    digests = hashlib.sha1(bytes(piece_length)).digest() * n_pieces
    digests += hashlib.sha1(bytes(last)).digest() if last else b""
    info = {"name": name, "piece length": piece_length, "pieces": digests,
            **({"files": [{"length": length, "path": [path]} for path in files]} if files else {"length": length})}
    path = os.path.join(folder, name + ".torrent")
    with open(path, "wb") as file:
        file.write(bencode.encode({"info": info, **({"announce": url} if url else {})}))
    return path, hashlib.sha1(bencode.encode(info)).digest()


def write_zeros(folder, name, length):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.truncate(length)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def settings(folder, **values):
    """Writes settings before the program starts."""
    config = os.path.join(folder, "config", "glib-2.0", "settings")
    os.makedirs(config, exist_ok=True)
    with open(os.path.join(config, "keyfile"), "w", encoding="utf-8") as file:
        file.write(f"[{APP_GROUP}]\n" + "".join(f"{name.replace('_', '-')}={value}\n"
                                                for name, value in values.items()))


def open_window(program, folder, *arguments, environment=None, without=(), wrapper=(), **values):
    """The program, which takes what it is given as it is, tells nobody, and ends with its window, unless the settings
    say otherwise."""
    from window import Window  # pylint: disable=import-outside-toplevel # needs the desktop's buses
    settings(folder, **{"ask_where": "false", "keep_running": "false", "notify": "false", **values})
    return Window(program, folder, *arguments, environment=environment, without=without, wrapper=wrapper)


class Dragging:
    """Something to drag, in the corner of the screen; use as a context."""

    def __init__(self, program, *what):
        self.process = subprocess.Popen([program, *what], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def __enter__(self):
        self.id = desktop.find_window("Drag Source")
        desktop.xdotool("windowmove", "--sync", self.id, 10, 10)
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()

    def drop_on(self, window):
        x, y, width, height = desktop.geometry(self.id)
        desktop.drag(self.id, (x + width // 2, y + height // 2), window.middle())


@contextlib.contextmanager
def tracker(answer):
    """A tracker that says the same to everybody; its address."""
    body = bencode.encode(answer)

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):  # pylint: disable=arguments-differ
            pass

        def do_GET(self):  # pylint: disable=invalid-name
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/announce"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
