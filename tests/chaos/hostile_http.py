"""Hostile HTTP: requests over raw sockets that are torn, doubled, swollen, slow and wrong, one after the other from a seed.

`attacked` sends them to a running API and says what came back. It knows the protocol's grammar only to break it; whoever reads the
answers asks for this: no answer is a fault of ours, no body of nobody is kept, and who is slow is cut.
"""

import asyncio
import json
import logging
import random
import re
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from deploy import openapi

CRLF = b"\r\n"
_NOBODY = "00000000-0000-4000-8000-000000000009"
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"\r\n\r\n",
    b"\n",
    b"%00",
    b"%c0%ae",
    b"../" * 40,
    "½²٣".encode(),
    b"'",
    b"\xed\xa0\x80",
    b"9" * 400,
    b"[" * 3000,
    b"{" * 3000,
)
_HEADERS = (
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked",
    b"Content-Length: 4",
    b"Content-Length: -1",
    b"Content-Length: +4",
    "Content-Length: ４".encode(),
    b"Content-Length: 99999999999999999999",
    b"Expect: 100-continue",
    b"Upgrade: websocket\r\nConnection: Upgrade",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings",
    b"Content-Type: application/vnd.x+json",
    b"Content-Type: application/json; charset=utf-16",
    b"Content-Type: multipart/form-data",
    b"Content-Encoding: gzip",
    b"Host: a\r\nHost: b",
    b"Range: bytes=0-,5-",
    b"X-Pad: " + b"x" * 20000,
    b"If-Match: \xc2\xb2",
    b"Idempotency-Key: \x80\x81\x82\x83\x84\x85\x86\x87",
    b"Authorization: Bearer " + b"." * 4000,
    b"X-HTTP-Method-Override: DELETE",
    b" folded: header",
    b"nocolon",
)
_METHODS = (b"GET", b"POST", b"PUT", b"DELETE", b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT", b"PRI", b"post", b"\x16\x03\x01")


@dataclass
class Attack:
    """What came back: answers by status, connections that ended without one, those that we had to give up, the process's growth, requests
    that were answered with a fault, and faults that the server's libraries logged whatever it answered."""

    answers: Counter[int] = field(default_factory=Counter)
    silent: int = 0
    left_open: int = 0
    grown_mib: float = 0.0
    faults: list[bytes] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)


def doors(service: str) -> list[tuple[str, str]]:
    """Every operation of a service's document, about nobody; but for the one that answers 503 while it is not ready."""
    paths: dict[str, dict[str, Any]] = json.loads(openapi.text(service))["paths"]
    return [
        (method.upper(), re.sub(r"{\w+}", _NOBODY, path))
        for path, operations in paths.items()
        for method in operations
        if path != "/readyz"
    ]


async def attacked(base: str, token: str, paths: list[tuple[str, str]], seed: int, requests: int, patience: float) -> Attack:
    """Send that many hostile requests for `paths` (method, path), with and without the token, and read what comes.

    A connection that stands longer than three times `patience` seconds after our last byte is `left_open`.
    """
    found, before = Attack(), _peak_mib()
    sending = asyncio.Semaphore(50)

    async def one(number: int) -> None:
        async with sending:
            source = random.Random(f"{seed}/{number}")
            raw = _request(source, token, paths)
            pieces = [raw] if source.random() < 0.7 else [raw[:7], raw[7:90], raw[90:]]
            answer = await _exchanged(base, pieces, source.random() < 0.5, 3 * patience)
        if answer is None:
            found.left_open += 1
            return
        statuses = [int(status) for status in _STATUS.findall(answer)]
        found.answers.update(statuses)
        found.silent += not statuses
        if any(status >= 500 for status in statuses):
            found.faults.append(raw[:2000])

    with _listening(found.logged):
        await asyncio.gather(*map(one, range(requests)))
    found.grown_mib = _peak_mib() - before
    return found


@contextmanager
def _listening(logged: list[str]) -> Iterator[None]:
    """Hear what libraries log as a fault."""

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.append(f"{record.getMessage()}{record.exc_info and repr(record.exc_info[1])}")

    handler = Listening(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


async def flood(base: str, mebibytes: int, token: str = "") -> tuple[int, int]:
    """A chunked body that says it has four bytes: the status, and how many MiB went out before the connection ended."""
    allowed = f"Authorization: Bearer {token}\r\n" if token else ""
    head = f"POST /households HTTP/1.1\r\nHost: x\r\n{allowed}Content-Type: application/json\r\nIdempotency-Key: flood-flood\r\n"
    reader, writer = await _connected(base)
    writer.write(f"{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    chunk, sent = b"%x\r\n" % (1 << 20) + b"x" * (1 << 20) + CRLF, 0
    try:
        while sent < mebibytes:
            writer.write(chunk)
            await asyncio.wait_for(writer.drain(), 20)
            sent += 1
    except (ConnectionError, TimeoutError):
        pass
    answer = await _rest(reader, 5)
    writer.transport.abort()
    status = _STATUS.match(answer or b"")
    return int(status[1]) if status else 0, sent


async def half_sent(base: str, beginning: bytes, connections: int, drip: bytes, most: float) -> float:
    """Open connections that send `beginning` and then drip; gives the seconds until the last was cut, `most` if one was not."""
    started = time.monotonic()

    async def one() -> None:
        reader, writer = await _connected(base)
        ended = asyncio.create_task(_rest(reader, most))
        writer.write(beginning)
        while not ended.done():
            writer.write(drip)
            await asyncio.wait([ended], timeout=0.2)
        writer.transport.abort()

    await asyncio.gather(*(one() for _ in range(connections)))
    return time.monotonic() - started


@dataclass
class Begun:
    """A request of which the head was sent."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def close(self) -> None:
        """Go away."""
        self.writer.transport.abort()


async def begun(base: str, path: str, token: str, length: int) -> Begun:
    """Announce a sheet of that many bytes, and send none of them."""
    made = Begun(*await _connected(base))
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: a-long-sheet\r\n"
    made.writer.write(f"{head}Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n".encode())
    return made


async def answered(request: Begun) -> tuple[int | None, bytes]:
    """Status and content of what comes, once something does."""
    answer = await request.reader.read(65536)
    status = _STATUS.match(answer)
    return int(status[1]) if status else None, answer


async def untaken(base: str, requests: int, most: float) -> float:
    """Ask again and again for the document of the API and take no answer; the seconds until the connection was cut, or `most`."""
    _, writer = await _connected(base)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * requests)
    started = time.monotonic()
    while not writer.transport.is_closing() and time.monotonic() - started < most:
        writer.write(CRLF)  # only who writes hears that the other side has gone
        await asyncio.sleep(0.2)
    writer.transport.abort()
    return time.monotonic() - started


def _request(source: random.Random, token: str, paths: list[tuple[str, str]]) -> bytes:
    """One request: first as it should be, then broken in one to three places."""
    method, path = source.choice(paths)
    body = source.choice((b"{}", b"", b'{"division":"533401102001"}', b'"\\ud800"', b"[1e999]", b"nul", b"[" * 100_000))
    lines = [
        b"%s %s HTTP/1.1" % (method.encode(), path.encode()),
        b"Host: x",
        b"Content-Type: application/json",
        b"Idempotency-Key: %032x" % source.getrandbits(128),
        b"Content-Length: %d" % len(body),
    ]
    if source.random() < 0.7:
        lines.append(b"Authorization: Bearer " + token.encode())
    for _ in range(source.choice((1, 1, 2, 3))):
        lines, body = _broken(source, lines, body)
    raw = CRLF.join(lines) + CRLF + CRLF + body
    if source.random() < 0.1:
        raw = raw + raw
    if source.random() < 0.1:
        raw = raw[: source.randrange(len(raw))]
    return raw


def _broken(source: random.Random, lines: list[bytes], body: bytes) -> tuple[list[bytes], bytes]:
    """One more thing that is wrong."""
    first, rest = lines[0], lines[1:]
    match source.randrange(8):
        case 0:
            return [source.choice(_METHODS) + first[first.index(b" ") :], *rest], body
        case 1:
            return [first.replace(b" HTTP", source.choice(_PIECES) + b" HTTP"), *rest], body
        case 2:
            many = b"?" + b"&".join([b"division=533401"] * source.choice((2, 300, 30_000)))
            return [first.replace(b" HTTP", many + b" HTTP"), *rest], body
        case 3:
            return [*lines, source.choice(_HEADERS)], body
        case 4:
            return [first, *(line for line in rest if source.random() < 0.8)], body
        case 5:
            return [first, *rest, *rest], body
        case 6:
            return lines, body + source.choice(_PIECES)
        case _:
            at = source.randrange(len(rest)) if rest else 0
            return [first, *(line + source.choice(_PIECES) if n == at else line for n, line in enumerate(rest))], body


async def _exchanged(base: str, pieces: list[bytes], ends: bool, most: float) -> bytes | None:
    """Send it piece by piece; everything that comes back until the end, None when there is no end."""
    reader, writer = await _connected(base)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if ends:
            writer.write_eof()
        return await _rest(reader, most)
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


async def _rest(reader: asyncio.StreamReader, most: float) -> bytes | None:
    try:
        return await asyncio.wait_for(reader.read(-1), most)
    except ConnectionError:
        return b""
    except TimeoutError:
        return None


async def _connected(base: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    where = urlsplit(base)
    return await asyncio.open_connection(where.hostname, where.port)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
