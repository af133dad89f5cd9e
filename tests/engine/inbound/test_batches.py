"""Whatever a batch holds, what comes out is one that Kafka's client reads to its end; good records are in it as they were."""

import random
import tracemalloc
from typing import Any

import pytest
from aiokafka.record.default_records import DefaultRecordBatch
from hypothesis import given
from hypothesis import strategies as st

from services.engine.inbound.batches import LONGEST, MARK, NOTHING, Batch, Mark, mark
from services.engine.inbound.unpack import LIMIT, Packed, unpacked
from tests.engine.inbound.hostile import framed_value
from tests.engine.inbound.raw import CODECS, CONTROL, PLAIN, Record, batch, framed, varint

GOOD = [Record(b"k%d" % n, b"v" * n, [(b"ce_id", b"%d" % n), (b"none", None)]) for n in range(4)]
NOT_UTF8 = Record(b"k", b"v", [(b"\xff", b"x")])


def read(written: bytes) -> list[Any]:
    """The records that the client makes of it; the checksum is right."""
    found = DefaultRecordBatch(written)
    assert found.validate_crc()
    return list(found)


def said(written: bytes) -> list[Mark | tuple[bytes | None, bytes | None]]:
    """Of each record its mark, or key and value."""
    return [mark(dict(r.headers)[MARK]) if MARK in dict(r.headers) else (r.key, r.value) for r in read(written)]


def harmless(written: bytes, *skipped: int) -> bytes:
    """As the client gets it."""
    return Batch(memoryview(written)).harmless(skipped)


@pytest.mark.parametrize("codec", [PLAIN, *CODECS])
def test_good_records_come_out_as_they_went_in(codec: int) -> None:
    found = read(harmless(batch(GOOD, codec)))
    assert [(r.offset, r.key, r.value) for r in found] == [(n, r.key, r.value) for n, r in enumerate(GOOD)]
    assert list(found[3].headers) == [("ce_id", b"3"), ("none", None)]


@pytest.mark.parametrize("codec", [PLAIN, *CODECS])
def test_a_header_name_that_is_no_text_costs_its_record_alone_which_keeps_key_and_value(codec: int) -> None:
    found = said(harmless(batch([GOOD[1], NOT_UTF8, GOOD[2]], codec)))
    assert found == [(b"k1", b"v"), Mark("header_name_not_utf8"), (b"k2", b"vv")]
    kept = read(harmless(batch([GOOD[1], NOT_UTF8, GOOD[2]], codec)))[1]
    assert (kept.key, kept.value) == (b"k", b"v")


def test_a_record_longer_than_any_of_ours_leaves_its_digest() -> None:
    (found,) = said(harmless(batch([Record(b"k", b"\0" * LONGEST)])))
    assert isinstance(found, Mark)
    assert (found.reason, found.size, len(found.digest or "")) == ("too_large", LONGEST, 64)
    assert len(harmless(batch([Record(b"k", b"\0" * LONGEST)]))) < 500


@pytest.mark.parametrize("codec", CODECS)
def test_a_bomb_is_given_up_before_it_is_large(codec: int) -> None:
    packed = CODECS[codec](framed_value(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(Packed, match="too_large"):
            unpacked(codec, memoryview(packed))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * LIMIT + len(packed)
    (found,) = said(harmless(framed(packed, 1, codec)))
    assert isinstance(found, Mark)
    assert (found.reason, found.size) == ("too_large", 61 + len(packed))


@pytest.mark.parametrize("codec", [*CODECS, 5, 7])
def test_what_cannot_be_unpacked_is_marked_at_each_of_its_places(codec: int) -> None:
    found = said(harmless(framed(b"no codec makes this", 3, codec)))
    assert {m.reason for m in found if isinstance(m, Mark)} == {"not_unpackable" if codec in CODECS else "codec_unknown"}
    assert [r.offset for r in read(harmless(framed(b"no codec makes this", 3, codec)))] == [0, 1, 2]


def test_of_very_many_that_cannot_be_unpacked_the_last_mark_stands_for_the_rest() -> None:
    found = read(harmless(framed(b"", 2_000_000_000, 4)))
    assert len(found) == 1000
    assert (found[0].offset, found[-1].offset) == (0, 1_999_999_999)
    last = said(harmless(framed(b"", 2_000_000_000, 4)))[-1]
    assert isinstance(last, Mark)
    assert last.first == 999


def test_a_transactions_marker_and_a_compacted_end_are_places_where_nothing_was_said() -> None:
    assert said(harmless(batch([GOOD[1]], CONTROL))) == [Mark(NOTHING)]
    rest = GOOD[1].written(0)
    compacted = framed(rest, 4)[:57] + (1).to_bytes(4, "big") + rest  # four offsets, of which the first record is left
    assert said(harmless(compacted)) == [(b"k1", b"v"), Mark(NOTHING, first=1)]
    assert read(harmless(compacted))[-1].offset == 3


def test_a_skipped_place_is_a_mark_and_a_batch_of_them_is_not_even_unpacked() -> None:
    assert said(harmless(batch(GOOD[:3], 4), 1)) == [(b"k0", b""), Mark("skipped"), (b"k2", b"vv")]
    assert said(harmless(framed(b"no codec makes this", 2, 4), 0, 1, 9)) == [Mark("skipped")] * 2


@given(st.binary(max_size=80), st.integers(1, 5), st.sampled_from([PLAIN, *CODECS, 6]), st.integers(0, 2**31))
def test_no_bytes_of_a_batch_keep_the_client_from_its_end(payload: bytes, count: int, codec: int, seed: int) -> None:
    rng = random.Random(seed)
    written = bytearray(batch([*GOOD, NOT_UTF8], PLAIN)[61:])
    for _ in range(rng.randint(0, 4)):
        written[rng.randrange(len(written))] = rng.randrange(256)
    for records in (payload, bytes(written), varint(2**31 - 1) + payload):
        packed = CODECS[codec](records) if codec in CODECS and records else records
        found = read(harmless(framed(packed, count, codec)))
        assert found[-1].offset == count - 1
        assert sum(len(r.key or b"") + len(r.value or b"") for r in found) <= len(records)
