"""Bytes of others as text that may stand in a table, a log or an index: escaped so that it can be turned back, and never long.

What is printable stays as it is, so a stream's key reads as ever. A backslash is doubled; everything else (NUL, control and format
characters, bytes that are no UTF-8) is written `\\xNN`, byte by byte. Beyond a length there is a digest of the whole, and a beginning.
"""

import hashlib
import re

LONGEST, _SHOWN = 200, 100  # characters of a text, and how many of a longer one are shown behind its digest
_DIGEST = "\\sha256:"  # no escape begins so, hence no short text can look like what is left of a long one
_ESCAPE = re.compile(rb"\\(?:\\|x([0-9a-f]{2}))")


def escaped(raw: bytes, longest: int = LONGEST) -> str:
    """The bytes as text, of at most `longest` characters or, when they are more, their SHA-256 and a beginning."""
    if len(raw) <= longest and raw.isascii() and b"\\" not in raw and (plain := raw.decode("ascii")).isprintable():
        return plain  # as nearly every key
    most = 4 * longest  # a character has four bytes at most
    text = "".join(map(_shown, raw[:most].replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")))
    if len(raw) <= most and len(text) <= longest:
        return text
    return f"{_DIGEST}{hashlib.sha256(raw).hexdigest()}:{text[:_SHOWN]}"


def unescaped(text: str) -> bytes | None:
    """The bytes behind an escaped text; None when only a digest of them was kept."""
    if text.startswith(_DIGEST):
        return None
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()) if found[1] else b"\\", text.encode())


def _shown(character: str) -> str:
    return character if character.isprintable() else "".join(f"\\x{byte:02x}" for byte in character.encode())
