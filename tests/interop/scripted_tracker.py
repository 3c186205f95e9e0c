# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP trackers that do what a test says, well-meaning or not, in threads of the test program."""

import http.server
import threading
import urllib.parse

import bencode

GIB = 1 << 30
CHUNK = bytes(1 << 20)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):  # pylint: disable=invalid-name
        tracker = self.server.tracker
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
        tracker.announces.append({name: values[0] for name, values in query.items()})
        try:
            tracker.answer(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


class ScriptedTracker:
    """Use as a context. @answer is one of the functions below; @announces holds the queries that came."""

    def __init__(self, network, answer):
        self.answer = answer
        self.announces = []
        self.released = threading.Event()
        self.server = http.server.ThreadingHTTPServer((network.address, 0), _Handler)
        self.server.tracker = self
        self.url = f"http://{network.address}:{self.server.server_port}/announce"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.released.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def events(self):
        return [announce.get("event", "") for announce in list(self.announces)]


def reply(handler, body, content_type="text/plain", status=200, headers=()):
    handler.send_response(status)
    for name, value in (("Content-Type", content_type), ("Content-Length", str(len(body))), *headers):
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def good(handler):
    """An honest tracker that knows nobody."""
    reply(handler, bencode.encode({"interval": 1800, "complete": 0, "incomplete": 1, "peers": b""}))


def html(handler):
    """The log-in page of a hotel."""
    reply(handler, b"<!DOCTYPE html><html><body><h1>Welcome!</h1></body></html>" * 9, "text/html")


def empty(handler):
    """A well-formed answer without a body."""
    reply(handler, b"")


def nothing(handler):
    """Takes the request and is silent."""
    handler.server.tracker.released.wait()
    handler.close_connection = True


def hang_up(handler):
    """Takes the request and closes."""
    handler.close_connection = True


def gigabyte(handler):
    """Never stops answering; counts what was taken."""
    tracker = handler.server.tracker
    tracker.sent_bytes = 0
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Length", str(GIB))
    handler.end_headers()
    while tracker.sent_bytes < GIB:
        handler.wfile.write(CHUNK)
        tracker.sent_bytes += len(CHUNK)


def redirect_loop(handler):
    """Sends on to itself."""
    reply(handler, b"", status=302, headers=[("Location", handler.path)])


def goodbye_unheard(handler):
    """Honest, but silent once somebody leaves."""
    if handler.server.tracker.events()[-1] == "stopped":
        nothing(handler)
    else:
        good(handler)
