"""The guard before a consumer: what a broker answers, and what the client is given of it."""

from types import SimpleNamespace
from typing import Any

from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords

from services.engine.inbound.batches import MARK, mark
from services.engine.inbound.fetch import LIMIT, FetchGuard
from services.engine.inbound.skips import Skips
from tests.engine.inbound.raw import CODECS, Record, batch, framed

ASKED = FetchRequest(500, 1, 50 << 20, 0, [])


def offsets_and_marks(records: bytes) -> list[tuple[int, str | None]]:
    """Of each record its offset, and why it is none."""
    found, batches = [], MemoryRecords(records)
    while batches.has_next():
        for record in batches.next_batch():
            why = dict(record.headers).get(MARK)
            found.append((record.offset, mark(why).reason if why else None))
    return found


async def given(*answers: bytes) -> list[bytes]:
    """What a guarded client gets of these answers for one partition, one after the other."""
    waiting = list(answers)

    async def send(node: int, request: Any) -> Any:
        return SimpleNamespace(topics=[("p.topic", [(0, 0, 100, 100, 0, [], -1, waiting.pop(0))])])

    consumer = SimpleNamespace(_client=SimpleNamespace(send=send))
    client = FetchGuard("p.", Skips("nobody")).guard(consumer)._client
    return [(await client.send(1, ASKED)).topics[0][1][0][-1] for _ in answers]


def numbered(first: int, *records: Record, attributes: int = 0) -> bytes:
    """A batch that begins at this offset: it is not under the checksum."""
    return first.to_bytes(8, "big") + batch(records, attributes)[8:]


async def test_a_batch_whose_checksum_is_wrong_is_fetched_three_times_before_it_is_given_up() -> None:
    good, broken = numbered(0, Record(b"k", b"v")), bytearray(numbered(1, Record(b"k", b"v"), Record(b"l", b"w")))
    broken[-1] ^= 1
    answer = good + bytes(broken) + numbered(3, Record(b"m", b"x"))
    first, second, third = await given(answer, answer, answer)
    assert offsets_and_marks(first) == offsets_and_marks(second) == [(0, None)]
    assert offsets_and_marks(third) == [(0, None), (1, "checksum_wrong"), (2, "checksum_wrong"), (3, None)]


async def test_a_batch_that_was_hurt_on_its_way_is_read_when_it_comes_whole() -> None:
    whole = numbered(0, Record(b"k", b"v"))
    hurt = whole[:-1] + b"?"
    assert [offsets_and_marks(records) for records in await given(hurt, whole)] == [[], [(0, None)]]


async def test_an_answer_holds_no_more_than_its_limit_and_the_rest_comes_with_the_next_one() -> None:
    large = [numbered(n, Record(b"k", b"\0" * 250_000), attributes=4) for n in range(100)]
    (found,) = await given(b"".join(large))
    assert LIMIT < len(found) < LIMIT + 300_000
    assert offsets_and_marks(found) == [(n, None) for n in range(len(offsets_and_marks(found)))]


async def test_a_batch_that_is_cut_off_comes_with_the_next_answer() -> None:
    answer = numbered(0, Record(b"k", b"v")) + numbered(1, Record(b"k", b"v"))[:-2]
    (found,) = await given(answer)
    assert offsets_and_marks(found) == [(0, None)]
    assert await given(b"", answer[:30]) == [b"", b""]


async def test_answers_to_other_questions_pass_as_they_are() -> None:
    async def send(node: int, request: Any) -> Any:
        return request

    client = SimpleNamespace(send=send)
    FetchGuard("", Skips("nobody")).guard(SimpleNamespace(_client=client))
    assert await client.send(1, "a question") == "a question"


async def test_every_codec_comes_out_unpacked() -> None:
    answer = b"".join(numbered(n, Record(b"k", b"v"), attributes=codec) for n, codec in enumerate(CODECS))
    (found,) = await given(answer + framed(b"", 1)[:40])
    assert offsets_and_marks(found) == [(n, None) for n in range(len(CODECS))]
