"""Compressed batches unpacked within a limit: a few bytes may stand for gigabytes, and whoever reads them must not be the one to pay.

All codecs of Kafka's protocol are understood. Nothing is made that is larger than the limit.
"""

import zlib
from collections.abc import Callable

import cramjam

GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4
LIMIT = 4 << 20  # bytes of a batch's records: our own producers send less than 1 MiB at once
_GZIP_WINDOW, _MEMBERS = 31, 16  # the format allows several members
_XERIAL, _XERIAL_HEADER = b"\x82SNAPPY\x00", 16  # the Java library cuts into blocks, each behind its length
_FULL = "whole buffer"  # what the library says of an output that does not fit


class Packed(Exception):
    """A batch that cannot be unpacked. `reason`: `too_large`, `not_unpackable`, `codec_unknown`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def unpacked(codec: int, payload: memoryview, limit: int = LIMIT) -> bytes:
    """What the payload holds. Raises `Packed`, and nothing else."""
    if codec not in _WAYS:
        raise Packed("codec_unknown")
    try:
        return _WAYS[codec](payload, limit)
    except Packed:
        raise
    except Exception as error:  # a decoder meets arbitrary bytes: any class can come out of it
        raise Packed("too_large" if _FULL in str(error) else "not_unpackable") from None


def _gzip(payload: memoryview, limit: int) -> bytes:
    found, rest = bytearray(), bytes(payload)
    for _ in range(_MEMBERS):  # each of them copies what is behind it
        member = zlib.decompressobj(_GZIP_WINDOW)
        found += member.decompress(rest, limit + 1 - len(found))
        if len(found) > limit:
            raise Packed("too_large")
        if not member.eof:
            raise Packed("not_unpackable")
        rest = member.unused_data
        if not rest:
            return bytes(found)
    raise Packed("not_unpackable")


def _snappy(payload: memoryview, limit: int) -> bytes:
    if bytes(payload[: len(_XERIAL)]) != _XERIAL:
        return _snappy_block(payload, limit)
    found, at = bytearray(), _XERIAL_HEADER
    while at < len(payload):
        size = int.from_bytes(payload[at : at + 4], "big")
        found += _snappy_block(payload[at + 4 : at + 4 + size], limit - len(found))
        at += 4 + size
    return bytes(found)


def _snappy_block(block: memoryview, limit: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(block) > limit:
        raise Packed("too_large")
    return bytes(cramjam.snappy.decompress_raw(block))


def _into(decompress_into: Callable[[memoryview, bytearray], int]) -> Callable[[memoryview, int], bytes]:
    """A way that writes into a buffer: a small one first, since most batches are."""

    def unpack(payload: memoryview, limit: int) -> bytes:
        room = min(limit, max(1 << 16, 8 * len(payload)))
        try:
            return _filled(room, payload)
        except cramjam.DecompressionError as error:
            if room == limit or _FULL not in str(error):
                raise
        return _filled(limit, payload)

    def _filled(room: int, payload: memoryview) -> bytes:
        buffer = bytearray(room)
        return bytes(memoryview(buffer)[: decompress_into(payload, buffer)])

    return unpack


_WAYS: dict[int, Callable[[memoryview, int], bytes]] = {
    GZIP: _gzip,
    SNAPPY: _snappy,
    LZ4: _into(cramjam.lz4.decompress_into),
    ZSTD: _into(cramjam.zstd.decompress_into),
}
