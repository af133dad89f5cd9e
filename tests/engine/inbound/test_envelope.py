"""The envelope is complete and says nothing that its message contradicts, or there is no event."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from services.certificates.person.events import PersonIndexState
from services.engine.inbound.arrived import Arrived
from services.engine.inbound.envelope import recorded_from
from services.engine.retry import passes
from services.kernel.errors import Unreadable
from services.kernel.events import Gone
from tests.kernel import toy
from tests.world import World

STREAM, EVENT = UUID(int=2), UUID(int=3)
HEADERS: dict[str, bytes | None] = {
    "ce_id": str(EVENT).encode(),
    "ce_source": b"/shouwang/certificates",
    "ce_type": b"shouwang.certificates.PersonRegistered",
    "ce_time": b"2026-03-02T02:00:00.123456+00:00",
    "ce_recordedtime": b"2026-03-02T10:00:01+08:00",
    "ce_correlationid": str(EVENT).encode(),
    "ce_streamversion": b"12",
    "ce_division": toy.VILLAGE.encode(),
    "ce_actor": "CL:5334:王\\x".encode(),
    "ce_policyversion": b"toy",
}
MESSAGE = Arrived("certificates.events.v1", 0, 7, str(STREAM).encode(), b"", HEADERS)


def test_a_whole_envelope_is_read_as_it_was_written() -> None:
    found = recorded_from(MESSAGE, toy.registered())
    assert (found.event_id, found.stream_id, found.version, found.service) == (EVENT, STREAM, 12, "certificates")
    assert (found.actor, found.division, found.causation_id) == ("CL:5334:王\\x", toy.VILLAGE, None)
    assert found.occurred_at == datetime(2026, 3, 2, 2, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("name", HEADERS)
def test_each_part_is_needed(name: str) -> None:
    for headers in ({n: v for n, v in HEADERS.items() if n != name}, HEADERS | {name: None}, HEADERS | {name: b"\0"}):
        with pytest.raises(Unreadable, match="envelope_"):
            recorded_from(replace(MESSAGE, headers=headers), toy.registered())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_streamversion", b"0"),
        ("ce_streamversion", b"-1"),
        ("ce_streamversion", b"1_0"),
        ("ce_streamversion", "١".encode()),
        ("ce_streamversion", b"9" * 19),
        ("ce_time", b"2026-03-02T02:00:00"),
        ("ce_time", b"2026-02-30T02:00:00+00:00"),
        ("ce_id", b"{%s}" % str(EVENT).encode()),
        ("ce_division", b"5" * 201),
        ("ce_actor", "a\u202eb".encode()),
        ("ce_source", b"/shouwang/monitoring"),
        ("ce_type", b"shouwang.certificates.PersonDied"),
    ],
)
def test_a_part_that_says_something_else_is_refused(name: str, value: bytes) -> None:
    with pytest.raises(Unreadable, match="envelope_"):
        recorded_from(replace(MESSAGE, headers=HEADERS | {name: value}), toy.registered())


def test_an_event_on_the_topic_of_another_service_is_refused() -> None:
    """A topic is written by one service alone: that is how anybody knows who says something."""
    with pytest.raises(Unreadable, match="envelope_contradicts"):
        recorded_from(replace(MESSAGE, topic="monitoring.events.v1"), toy.registered())
    with pytest.raises(Unreadable, match="envelope_contradicts"):
        recorded_from(MESSAGE, Gone(PersonIndexState))


@pytest.mark.parametrize("key", [None, b"", b"\0", str(UUID(int=1)).encode() + b"\n", b"urn:uuid:" + str(STREAM).encode()])
def test_a_key_that_is_no_stream_is_refused(key: bytes | None) -> None:
    with pytest.raises(Unreadable, match="envelope_incomplete"):
        recorded_from(replace(MESSAGE, key=key), toy.registered())


async def test_a_value_that_fits_no_column_is_no_fault_that_passes(place: World) -> None:
    """The driver calls it an error of the interface, as it calls a connection that was closed: to try it again helps only one of them."""
    runtime = await place.open(toy.FOLLOWER, toy.MIGRATION)
    for unfit in (2**70, "a text", "\ud800"):
        with pytest.raises(Exception, match=r"invalid input|can't encode|surrogates") as fault:
            await runtime.pool.fetchval("SELECT $1::int" if unfit != "\ud800" else "SELECT $1::text", unfit)
        assert not passes(fault.value), fault.type
    with pytest.raises(asyncpg.PostgresError) as fault:
        await runtime.pool.fetchval("SELECT $1::text", "a\0b")
    assert not passes(fault.value)
    async with runtime.pool.acquire() as conn:
        await conn.close()
        with pytest.raises(asyncpg.InterfaceError) as closed:
            await conn.fetchval("SELECT 1")
    assert passes(closed.value)
