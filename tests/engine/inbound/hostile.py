"""Messages that nobody should send, made from a seed: keys, headers, counts, sizes, schema ids, values, compression.

Everything here is taken by a broker. Whoever reads it has to set it aside and go on.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.kernel.avro import MAX_BODY
from tests.engine.inbound.raw import CODECS, PLAIN, Record, batch, framed, varint

Headers = list[tuple[bytes, bytes | None]]
_LONG = 12_000
_TIMES = (None, 0, 1, -1, -(2**62))  # milliseconds that a producer may say; what is said of time in an envelope is another thing
_BOMB = 64 << 20  # bytes that one value unpacks to; a few thousand when it is packed


@dataclass(frozen=True)
class Good:
    """A message of ours that a service can handle: how its key, value and headers are made."""

    value: bytes
    headers: Callable[[UUID, UUID], Headers]

    def record(self, stream: UUID, event_id: UUID) -> Record:
        """The event with this id as the first of a stream."""
        return Record(str(stream).encode(), self.value, self.headers(stream, event_id))


@dataclass(frozen=True)
class Shot:
    """A batch, how many offsets it takes, and the ids of the good events in it: a batch has good ones or hostile ones."""

    name: str
    written: bytes
    count: int
    good: tuple[UUID, ...] = ()


class Hostile:
    """Makes shots. `foreign` is a value under a schema of somebody else's that bears the name of one of ours."""

    def __init__(self, seed: int, good: Good, foreign: bytes) -> None:
        self._rng, self._good, self._foreign = random.Random(seed), good, foreign
        self._packed = {codec: pack(framed_value(_BOMB)) for codec, pack in CODECS.items()}

    def shots(self, rounds: int) -> Iterator[Shot]:
        """Each kind so many times, in any order, with good messages between them, plain and in every codec."""
        kinds = [*self._records()] * rounds
        self._rng.shuffle(kinds)
        for number, (name, record) in enumerate(kinds):
            codec = self._rng.choice([PLAIN, *CODECS])
            records = [record() for _ in range(self._rng.randint(1, 3))]
            yield Shot(f"{name} in codec {codec}", batch(records, codec), len(records))
            if number % 4 == 0:
                yield self._good_ones(self._rng.choice([PLAIN, *CODECS]))
        for codec in CODECS:
            yield Shot(f"a bomb in codec {codec}", framed(self._packed[codec], 1, codec), 1)
            yield self._good_ones(codec)
        yield self._good_ones(PLAIN)

    def _good_ones(self, codec: int) -> Shot:
        ids = tuple(self._id() for _ in range(self._rng.randint(1, 3)))
        records, at = [self._good.record(self._id(), event_id) for event_id in ids], self._rng.choice(_TIMES)
        return Shot(f"good ones in codec {codec} of {at}", batch(records, codec, at), len(ids), ids)

    def _records(self) -> Iterator[tuple[str, Callable[[], Record]]]:
        """Each kind by its name."""
        for name, key in self._keys():
            yield f"key {name}", lambda key=key: self._with(key=key())  # type: ignore[misc]
        for name, change in self._headers():
            yield f"header {name}", lambda change=change: self._with(headers=change)  # type: ignore[misc]
        for name, value in self._values():
            yield f"value {name}", lambda value=value: self._with(value=value())  # type: ignore[misc]
        yield "a Long as key", lambda: Record(b"\0\0\0\0\0\0\0\1", b"x")
        yield "rubbish", lambda: Record(self._bytes(40), self._bytes(200), [(b"h%d" % n, self._bytes(9)) for n in range(3)])

    def _with(
        self, key: bytes | None = b"", value: bytes | None = b"", headers: Callable[[Headers], Headers] | None = None
    ) -> Record:
        """A good message but for one part of it."""
        plain = self._good.record(self._id(), self._id())
        changed = list(plain.headers) if headers is None else headers(list(plain.headers))
        return Record(plain.key if key == b"" else key, plain.value if value == b"" else value, changed)

    def _keys(self) -> Sequence[tuple[str, Callable[[], bytes | None]]]:
        return (
            ("NUL", lambda: str(self._id()).encode()[:-1] + b"\0"),
            ("long", lambda: b"k" * _LONG),
            ("of no encoding", lambda: b"\xff\xfe" + self._bytes(9)),
            ("none", lambda: None),
            ("another word", "残疾人".encode),
            ("braces", lambda: b"{%s}" % str(self._id()).encode()),
        )

    def _headers(self) -> Sequence[tuple[str, Callable[[Headers], Headers]]]:
        def put(name: bytes, value: bytes | None) -> Callable[[Headers], Headers]:
            return lambda given: [(n, value if n == name else v) for n, v in given]

        known = str(UUID(int=7)).encode()
        return (
            ("id NUL", put(b"ce_id", b"a\0b")),
            ("id long", put(b"ce_id", b"i" * _LONG)),
            ("id none", put(b"ce_id", None)),
            ("id twice", lambda given: [*given, (b"ce_id", known)]),
            ("name of no encoding", lambda given: [*given, (b"\xff\xfe", b"x")]),
            ("type of nobody", put(b"ce_type", b"\0")),
            ("type missing", lambda given: [(n, v) for n, v in given if n != b"ce_type"]),
            ("version too large", put(b"ce_streamversion", b"9" * 30)),
            ("version in other digits", put(b"ce_streamversion", "٣".encode())),
            ("version negative", put(b"ce_streamversion", b"-1")),
            ("time without a zone", put(b"ce_time", b"2026-03-02T02:00:00")),
            ("time of no calendar", put(b"ce_time", b"2026-02-30T02:00:00+00:00")),
            ("division NUL", put(b"ce_division", b"5334\0")),
            ("division long", put(b"ce_division", b"5" * _LONG)),
            ("actor of no encoding", put(b"ce_actor", b"\xff")),
            ("source of another", put(b"ce_source", b"/shouwang/nobody")),
            ("very many", lambda given: [*given, *((b"n%d" % n, b"x" * 9) for n in range(3000))][3:]),
            ("none at all", lambda given: []),
        )

    def _values(self) -> Sequence[tuple[str, Callable[[], bytes | None]]]:
        good = self._good.value
        return (
            ("short", lambda: good[:4]),
            ("one NUL", lambda: b"\0"),
            ("cut", lambda: good[: self._rng.randint(5, len(good) - 1)]),
            ("trailing", lambda: good + self._bytes(3)),
            ("magic", lambda: b"\1" + good[1:]),
            ("unknown id", lambda: b"\0" + self._rng.randrange(2**30, 2**32).to_bytes(4, "big") + good[5:]),
            ("foreign schema", lambda: self._foreign),
            ("longer than ours", lambda: good + b"z" * MAX_BODY),
            ("much longer", lambda: good + self._bytes(1000) * 900),
        )

    def _id(self) -> UUID:
        return UUID(int=self._rng.getrandbits(128), version=4)

    def _bytes(self, count: int) -> bytes:
        return self._rng.randbytes(count)


def framed_value(size: int) -> bytes:
    """A record, unpacked, with one value of so many zeros."""
    return Record(b"k", b"\0" * size).written(0)


def array_bomb(schema_id: int, items: int) -> bytes:
    """A value under a schema with one array of nulls: a few bytes that say so many items."""
    return b"\0" + schema_id.to_bytes(4, "big") + varint(items) + varint(0)
