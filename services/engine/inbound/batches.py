"""Record batches as they come from a broker, made harmless: what nobody can read becomes a mark at its place, all else stays as it is.

Kafka's client unpacks a batch when somebody asks for its messages, without a limit, and gives up a whole partition at the first record
that it cannot read. So every batch passes here first. Out comes one that is not compressed, whose records the client can read, and
whose last record has the batch's last offset: a reader's position comes to the end even when a transaction's marker stands there.
Pure: bytes in, bytes out.
"""

import hashlib
import json
import secrets
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.record.util import calc_crc32c, decode_varint, encode_varint

from services.engine.inbound.unpack import Packed, unpacked
from services.kernel.avro import MAX_BODY

MARK = f"unreadable-{secrets.token_hex(16)}"  # the header of a mark; nobody outside of this process knows its name
NOTHING = "nothing"  # the fault of a place at which nothing was said: a transaction's marker, a compacted end
SKIPPED = "skipped"  # the fault of a place that an operator had skipped
LONGEST = MAX_BODY + (64 << 10)  # bytes of a record with key and headers
_LONGEST_KEY, _EACH = 1024, 1000  # bytes of a key that a mark keeps; records of a batch that get a mark each, the rest gets one
# Base offset, length, epoch, magic, CRC; attributes, last offset delta, first and last time, producer id, epoch, sequence, count.
_HEADER, _CHECKED = struct.Struct(">qiibIhiqqqhii"), struct.Struct(">hiqqqhii")
_SIZE, _CHECKED_AT = _HEADER.size, _HEADER.size - _CHECKED.size
_PREFIX = struct.calcsize(">qi")
_CODEC, _TRANSACTIONAL, _CONTROL = 0x07, 0x10, 0x20
_STRUCTURE = (ValueError, IndexError)


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in place of a message that cannot be given to anybody. `digest` is the SHA-256 of its `size` bytes as they were
    seen: of the value, or of the batch where nothing of it could be unpacked. A mark may stand for all places from `first` on."""

    reason: str
    digest: str | None = None
    size: int | None = None
    first: int | None = None

    def header(self) -> bytes:
        """As a header's value."""
        return json.dumps([self.reason, self.digest, self.size, self.first]).encode()


def mark(value: bytes) -> Mark:
    """The mark behind a header's value."""
    return Mark(*json.loads(value))


class Batch:
    """One batch of a partition, as a view of its bytes. Raises `struct.error` when it is no batch."""

    def __init__(self, view: memoryview) -> None:
        self.view = view
        fields: tuple[int, ...] = _HEADER.unpack_from(view)
        self.base, _, self.epoch, self.magic, self.crc, self.attributes, self.last_delta, *_, self.producer, _, _, self.count = (
            fields
        )

    @property
    def last(self) -> int:
        """The last offset."""
        return self.base + self.last_delta

    @property
    def transactional(self) -> bool:
        """Whether it is part of a producer's transaction, or the marker at the end of one."""
        return bool(self.attributes & _TRANSACTIONAL)

    @property
    def marker(self) -> bool:
        """Whether it says that a transaction has ended, and nothing else."""
        return bool(self.attributes & _CONTROL)

    @property
    def whole(self) -> bool:
        """Whether the checksum is that of the bytes."""
        return bool(calc_crc32c(bytes(self.view[_CHECKED_AT:])) == self.crc)

    def harmless(self, skipped: Collection[int] = ()) -> bytes:
        """The batch that the client gets instead. Records at `skipped` offsets are marks; nothing is unpacked when all of them are."""
        if self.marker:
            return self.unread(Mark(NOTHING))
        some_skipped = any(self.base <= offset <= self.last for offset in skipped)
        if some_skipped and all(offset in skipped for offset in range(self.base, self.last + 1)):
            return self.unread(Mark(SKIPPED))
        codec = self.attributes & _CODEC
        try:
            records = unpacked(codec, self.view[_SIZE:]) if codec else bytes(self.view[_SIZE:])
        except Packed as fault:
            return self.unread(Mark(fault.reason, *_digest(self.view)))
        plain = self._with(records, self.count) if codec else bytes(self.view)
        if not some_skipped and _readable(plain, self.last):
            return plain
        mended = self._mended(records, skipped)
        return mended if _readable(mended, self.last) else self.unread(Mark("not_unpackable", *_digest(self.view)))

    def unread(self, why: Mark) -> bytes:
        """The batch with nothing but marks."""
        marks = list(self._marks(self.base, why))
        return self._with(b"".join(marks), len(marks))

    def _with(self, records: bytes, count: int) -> bytes:
        """A batch of these records, not compressed and no transaction's, at the same offsets."""
        fields = _CHECKED.unpack_from(self.view, _CHECKED_AT)
        attributes = self.attributes & ~(_CODEC | _CONTROL | _TRANSACTIONAL)
        rest = _CHECKED.pack(attributes, *fields[1:-1], count) + records
        length = _CHECKED_AT - _PREFIX + len(rest)
        return struct.pack(">qiibI", self.base, length, self.epoch, self.magic, calc_crc32c(rest)) + rest

    def _mended(self, records: bytes, skipped: Collection[int]) -> bytes:
        """Record by record: what can be read stays, what cannot gives way to a mark with as much of it as is harmless."""
        buffer, kept, at, following = bytearray(records), list[bytes](), 0, self.base
        try:
            for _ in range(self.count):
                record = _Record(buffer, at)
                offset = self.base + record.delta
                if not following <= offset <= self.last:
                    raise ValueError("offsets do not grow")
                if offset in skipped:
                    kept.append(_marked(record.delta, Mark(SKIPPED)))
                else:
                    kept.append(_marked(record.delta, why, record) if (why := record.fault()) else bytes(buffer[at : record.end]))
                at, following = record.end, offset + 1
        except _STRUCTURE:
            kept += self._marks(following, Mark("not_unpackable", *_digest(self.view)))
        else:
            if following <= self.last:
                kept.append(_marked(self.last_delta, Mark(NOTHING, first=following)))
        return self._with(b"".join(kept), len(kept))

    def _marks(self, first: int, why: Mark) -> Iterator[bytes]:
        """One for each offset from `first` to the batch's end; the last stands for all that are left when they are too many."""
        alone = first if why.reason == NOTHING else min(self.last, first + _EACH - 1)
        for offset in range(first, alone):
            yield _marked(offset - self.base, why)
        if first <= self.last:
            rest = alone if alone < self.last else None
            yield _marked(self.last_delta, Mark(why.reason, why.digest, why.size, rest))


class _Record:
    """A record of a buffer. Raises ValueError or IndexError where the bytes are none."""

    def __init__(self, buffer: bytearray, at: int) -> None:
        length, start = decode_varint(buffer, at)
        self.end = start + length
        if length < 0 or self.end > len(buffer):
            raise IndexError("a record beyond the end")
        _, at = decode_varint(buffer, start + 1)  # behind the attributes: its time
        self.delta, at = decode_varint(buffer, at)
        self.key, at = _bytes(buffer, at)
        self.value, at = _bytes(buffer, at)
        headers, at = decode_varint(buffer, at)
        self.names: list[bytes] = []
        for _ in range(headers):
            name, at = _bytes(buffer, at)
            self.names.append(name or b"")
            _, at = _bytes(buffer, at)
        if at != self.end:
            raise ValueError("a record of another length than it says")
        self.size = length

    def fault(self) -> Mark | None:
        """Why the client must not get this record."""
        if self.size > LONGEST:
            return Mark("too_large", *_digest(self.value or b""))
        try:
            for name in self.names:
                name.decode()
        except UnicodeDecodeError:
            return Mark("header_name_not_utf8")
        return None


def _bytes(buffer: bytearray, at: int) -> tuple[bytes | None, int]:
    length, at = decode_varint(buffer, at)
    if length < 0:
        return None, at
    if at + length > len(buffer):
        raise IndexError("a field beyond the end")
    return bytes(buffer[at : at + length]), at + length


def _marked(delta: int, why: Mark, record: _Record | None = None) -> bytes:
    """A record with the mark as its only header; of the record that it stands for it keeps key and value where they are short."""
    key = record.key if record and len(record.key or b"") <= _LONGEST_KEY else None
    value = record.value if record and record.size <= LONGEST else None
    header = _sized(MARK.encode()) + _sized(why.header())
    body = b"\0" + _varint(0) + _varint(delta) + _sized(key) + _sized(value) + _varint(1) + header
    return _sized(body)


def _sized(value: bytes | None) -> bytes:
    return _varint(-1) if value is None else _varint(len(value)) + value


def _varint(number: int) -> bytes:
    out = bytearray()
    encode_varint(number, out.append)
    return bytes(out)


def _digest(raw: bytes | memoryview) -> tuple[str, int]:
    return hashlib.sha256(raw).hexdigest(), len(raw)


def _readable(plain: bytes, last: int) -> bool:
    """Whether the client reads every record of a batch that is not compressed, none of them is too long, and the last is at its end."""
    offset = -1
    try:
        for record in DefaultRecordBatch(plain):
            size = len(record.key or b"") + len(record.value or b"")
            if size + sum(len(name) + len(value or b"") for name, value in record.headers) > LONGEST or record.offset <= offset:
                return False
            offset = record.offset
    except Exception:  # it meets arbitrary bytes: any class can come out of it
        return False
    return bool(offset == last)
