"""The actor's scope covers a stream before and after: nothing of another county is changed, and nothing is pushed into another unseen."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.certificates.certificate.card.events import CertificateTransferredOut
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.outreach.decider import OUTREACH
from services.certificates.outreach.events import OutreachMoved
from services.certificates.person.decider import PERSON
from services.certificates.person.events import PersonDeathReported, PersonMoved
from services.engine.runtime import Runtime
from services.kernel.errors import Conflict, Forbidden, Malformed, NotFound, ShouwangError
from services.kernel.events import Context
from tests.kernel import toy
from tests.world import World

HERE, THERE = toy.registered(division=toy.VILLAGE), toy.registered(division=toy.ELSEWHERE)


def _known(state: str, command: Any, policy: Any, context: Context) -> list[Any]:
    """Only of somebody who is there may anything be said."""
    if not state:
        raise NotFound("nobody_unknown", "没有此人")
    return toy.decide(state, command, policy, context)


STRICT = replace(toy.PERSON, decide=_known)
HANDING = replace(toy.PERSON, handovers=(type(THERE),))


@pytest.fixture
async def register(place: World) -> Runtime:
    """A register in which anything may be said of a person."""
    return await place.open(toy.COUNTED, toy.MIGRATION)


async def say(
    register: Runtime, stream: UUID, event: Any, scope: str, decider: Any = toy.PERSON, version: int | None = None
) -> None:
    """An office of the scope says it, about a stream of which it expects this version."""
    seed = uuid4()
    context = Context(f"CL:{scope}:x", register.clock(), seed, seed, scope=scope)
    async with register.pool.acquire() as conn, conn.transaction():
        await register.executor.execute(conn, decider, stream, toy.Say(event), context, version)


async def divisions(register: Runtime) -> list[str]:
    """Where the stream belonged after each stored event."""
    return [r["division"] for r in await register.pool.fetch("SELECT division FROM events ORDER BY position")]


async def test_what_exists_in_another_county_is_not_there_and_what_would_begin_there_is_refused(register: Runtime) -> None:
    stream = uuid4()
    await say(register, stream, HERE, "533401")
    for about, event in ((stream, HERE), (uuid4(), HERE)):
        with pytest.raises(Forbidden, match="属于其他辖区"):
            await say(register, about, event, "533422")
    with pytest.raises(Conflict, match="stream_moved_on"):  # it begins for them, and the id is not free
        await say(register, stream, THERE, "533422")
    assert await divisions(register) == [toy.VILLAGE]


@pytest.mark.parametrize("version", [None, 0, 1, 2])
async def test_no_version_that_is_expected_tells_that_a_foreign_stream_is_there(register: Runtime, version: int | None) -> None:
    stream, answers = uuid4(), []
    await say(register, stream, HERE, "533401")
    for about in (stream, uuid4()):
        with pytest.raises(ShouwangError) as refused:
            await say(register, about, None, "533422", STRICT, version)
        answers.append((type(refused.value), refused.value.code, refused.value.detail))
    assert answers[0] == answers[1] == (NotFound, "nobody_unknown", "没有此人")


@pytest.mark.parametrize("version", [None, 0, 1, 2])
async def test_nor_does_it_to_an_office_of_the_county_that_may_not_know_of_it(register: Runtime, version: int | None) -> None:
    of_another = replace(STRICT, decide=lambda state, command, policy, context: _known("", command, policy, context))
    stream = uuid4()
    await say(register, stream, HERE, "533401")
    with pytest.raises(NotFound, match="nobody_unknown"):
        await say(register, stream, None, "533401", of_another, version)


async def test_a_foreign_stream_is_not_even_read_so_that_its_length_is_not_heard(register: Runtime) -> None:
    stream, unknown = uuid4(), uuid4()
    for _ in range(3):
        await say(register, stream, HERE, "533401")
    async with register.pool.acquire() as conn:
        found = {
            scope: {len(past) for past in (await register.store.read_many(conn, [stream, unknown], scope)).values()}
            for scope in ("", "5334", "533401", "533422")
        }
    assert found == {"": {3, 0}, "5334": {3, 0}, "533401": {3, 0}, "533422": {0}}


async def test_a_command_that_moves_a_stream_into_another_county_is_refused_unless_its_decider_hands_it_over(
    register: Runtime,
) -> None:
    stream = uuid4()
    await say(register, stream, HERE, "533401")
    with pytest.raises(Forbidden, match="属于其他辖区"):
        await say(register, stream, THERE, "533401")
    assert await divisions(register) == [toy.VILLAGE]
    await say(register, stream, THERE, "533401", HANDING)
    with pytest.raises(Conflict, match="stream_moved_on"):  # it is given away
        await say(register, stream, HERE, "533401", HANDING)
    assert await divisions(register) == [toy.VILLAGE, toy.ELSEWHERE]


async def test_who_sees_both_counties_may_move_it(register: Runtime) -> None:
    stream = uuid4()
    for event in (HERE, THERE):
        await say(register, stream, event, "5334")
    assert await divisions(register) == [toy.VILLAGE, toy.ELSEWHERE]


def test_the_register_gives_away_by_moves_alone() -> None:
    assert PERSON.handovers == (PersonMoved,)
    assert CERTIFICATE.handovers == (CertificateTransferredOut,)
    assert OUTREACH.handovers == (OutreachMoved,)


@pytest.mark.parametrize("source", ["x533499198001010013", "53349919760812010X", "list_13800000002"])
async def test_what_names_somebody_gets_into_no_event_that_a_person_causes(register: Runtime, source: str) -> None:
    stream = uuid4()
    await say(register, stream, HERE, "533401")
    with pytest.raises(Malformed, match="personal_data_in_text"):
        await say(register, stream, PersonDeathReported(source=source, reported_on=date(2026, 3, 2)), "533401")
    assert len(await divisions(register)) == 1
