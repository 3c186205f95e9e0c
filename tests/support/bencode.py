# SPDX-License-Identifier: GPL-3.0-or-later
"""Bencode (BEP 3), written apart from the project's own, so that the two check each other."""


def encode(value):
    if isinstance(value, bool) or value is None:
        raise TypeError(value)
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, (bytes, bytearray)):
        return b"%d:%s" % (len(value), bytes(value))
    if isinstance(value, (list, tuple)):
        return b"l" + b"".join(encode(item) for item in value) + b"e"
    if isinstance(value, dict):
        items = sorted((key.encode() if isinstance(key, str) else key, item) for key, item in value.items())
        return b"d" + b"".join(encode(key) + encode(item) for key, item in items) + b"e"
    raise TypeError(type(value))


def decode(text):
    """The value of @text, all of it; keys and strings are bytes."""
    value, end = _decode(text, 0)
    if end != len(text):
        raise ValueError(f"{len(text) - end} bytes behind the end")
    return value


def _decode(text, at):
    lead = text[at:at + 1]
    if lead == b"i":
        end = text.index(b"e", at)
        return int(text[at + 1:end]), end + 1
    if lead == b"l":
        items, at = [], at + 1
        while text[at:at + 1] != b"e":
            item, at = _decode(text, at)
            items.append(item)
        return items, at + 1
    if lead == b"d":
        items, at = {}, at + 1
        while text[at:at + 1] != b"e":
            key, at = _decode(text, at)
            items[key], at = _decode(text, at)
        return items, at + 1
    colon = text.index(b":", at)
    length = int(text[at:colon])
    if colon + 1 + length > len(text):
        raise ValueError("string ends early")
    return text[colon + 1:colon + 1 + length], colon + 1 + length
