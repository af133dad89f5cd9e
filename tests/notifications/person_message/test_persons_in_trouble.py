"""Persons are told although the register is silent, a gateway does not answer, a process dies or a row cannot be read; nobody twice."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest

from deploy.sandbox.providers.control import Do, Step
from services.engine.rebuild import Rebuild
from services.notifications.outbound.sources import SOURCES
from services.notifications.person_message import loop
from services.notifications.person_message.register_client import Directory, RegisterSettings, Silent
from services.notifications.person_message.source import Persons
from services.notifications.reminder.commands import Stop
from services.notifications.reminder.events import Proof, StopReason
from services.notifications.vocabulary import Channel
from tests.notifications.delivery.outside import engine_of
from tests.notifications.person_message.reached import GUARDIANS, OPENED, PHONE, SENDS, TRIED, VILLAGE_TRIED, Reached, ward


async def test_what_ended_before_the_register_was_asked_asks_nobody(phones: Reached) -> None:
    reminder = await phones.owed(await phones.register.person())
    await phones.order(reminder, Stop(StopReason.DEATH))
    assert await phones.begin() == 1
    assert await phones.register.sql("SELECT 1 FROM person_read WHERE reference = 'reminding'") == []
    rows = await phones.told.runtime.pool.fetch("SELECT state, reason FROM to_reach")
    assert [tuple(r) for r in rows] == [("ended", "not_the_persons_turn")]


async def test_a_question_that_is_asked_twice_makes_one_message(phones: Reached) -> None:
    await phones.owed(await phones.register.person())
    await asyncio.gather(*(phones.begin() for _ in range(3)))
    await phones.told.runtime.pool.execute("UPDATE to_reach SET state = 'due', due_at = now()")  # as if nobody had written the end
    assert await phones.begin() == 1
    await phones.send()
    assert [to for to, _ in phones.texts()] == [PHONE]


async def test_a_rebuild_tells_nobody(phones: Reached) -> None:
    await phones.tell(await phones.register.person())
    await Rebuild(phones.told.runtime, "reminder", phones.told.runtime.settings.rebuild_url.get_secret_value()).run()
    assert (await phones.begin(), await phones.send(), len(phones.texts())) == (0, 0, 1)


async def test_while_the_register_is_silent_everything_waits_and_nothing_is_lost(phones: Reached, tmp_path: Path) -> None:
    person, runtime = await phones.register.person(), phones.told.runtime
    reminder = await phones.owed(person)
    async with aiohttp.ClientSession() as session:
        silent = Directory(
            RegisterSettings(register_url="http://127.0.0.1:9", register_token_file=tmp_path / "register_token"), session
        )
        assert await loop.take(runtime, silent, SENDS) == 1
        assert await phones.begin() == 0  # put off
        await phones.later()
        assert await phones.begin() == 1
        engine = phones.told.engine
        phones.told.engine = engine_of(runtime, engine.senders, {**SOURCES, "PERSON": Persons(silent)}, lambda: 0.0)
        for _ in range(7):  # longer than the provider's schedule would last
            await phones.later()
            await phones.send()
        assert await phones.told.rows("state, reason, tries") == [("due", "register_silent", 0)]
        phones.told.engine = engine
    await phones.later()
    await phones.send()
    assert await phones.past(reminder) == [OPENED, TRIED, ("Reached", "PERSON", Proof.HANDSET)]


@pytest.mark.parametrize(("known", "sends", "reason"), [(False, SENDS, "no_register"), (True, frozenset[Channel](), "no_channel")])
async def test_without_a_register_or_a_channel_the_village_is_tried_at_once(
    phones: Reached, known: bool, sends: frozenset[Channel], reason: str
) -> None:
    reminder = await phones.owed(await phones.register.person())
    async with aiohttp.ClientSession() as session:
        directory = phones.directory if known else Directory(RegisterSettings(), session)
        assert await loop.take(phones.told.runtime, directory, sends) == 1
    assert await phones.past(reminder) == [OPENED, TRIED, ("NotReached", "PERSON", reason), VILLAGE_TRIED]


async def test_what_cannot_be_begun_stops_none_of_the_others(phones: Reached) -> None:
    first, second = [await phones.owed(await phones.register.person(n), until=date(2026, 8, 28 + n)) for n in range(2)]
    await phones.told.place.sql(
        "notifications",
        "UPDATE events SET schema_fp = decode('0000000000000000', 'hex') WHERE stream_id = $1 AND type = 'ReminderOpened'",
        first,
    )
    await phones.begin()
    await phones.send()
    rows = await phones.told.runtime.pool.fetch("SELECT stream_id, state, reason FROM to_reach ORDER BY stream_id = $1", first)
    assert [tuple(r) for r in rows] == [(second, "ended", "arrived"), (first, "ended", "not_handled")]
    assert await phones.past(second) == [OPENED, TRIED, ("Reached", "PERSON", Proof.HANDSET)]


async def test_a_process_whose_question_took_too_long_begins_nothing(phones: Reached) -> None:
    reminder = await phones.owed(await phones.register.person())
    rows = await phones.told.runtime.pool.fetch("SELECT cause_id, stream_id FROM to_reach")
    claimed = [(r["cause_id"], r["stream_id"]) for r in rows]
    async with aiohttp.ClientSession() as session:
        await loop.begin(phones.told.runtime, Directory(RegisterSettings(), session), SENDS, claimed)
    await loop.begin(phones.told.runtime, phones.directory, SENDS, claimed)
    assert await phones.told.rows() == []
    assert await phones.past(reminder) == [OPENED, TRIED, ("NotReached", "PERSON", "no_register"), VILLAGE_TRIED]


async def test_the_ward_is_told_although_the_guardian_was_reached_first(phones: Reached) -> None:
    person = await ward(phones)
    reminder = await phones.owed(person)
    await phones.begin()
    await phones.told.runtime.pool.execute("UPDATE delivery SET held_until = $1 WHERE recipient <> $2", *await _holders(phones))
    await phones.send()
    assert [to for to, _ in phones.texts()] == [GUARDIANS]
    await phones.told.runtime.pool.execute("UPDATE delivery SET held_until = NULL")
    await phones.send()
    assert [to for to, _ in phones.texts()] == [PHONE, GUARDIANS]
    assert await phones.past(reminder) == [OPENED, TRIED, ("Reached", "PERSON", Proof.HANDSET)]


async def _holders(phones: Reached) -> tuple[datetime, UUID]:
    """An hour from now, and the guardian's recipient."""
    rows = await phones.told.runtime.pool.fetch(
        "SELECT recipient FROM delivery JOIN to_person USING (delivery_id) WHERE owner = 'GUARDIAN'"
    )
    return phones.told.runtime.clock() + timedelta(hours=1), rows[0]["recipient"]


async def test_a_shared_phone_is_no_hope_when_the_phone_that_proves_has_failed(phones: Reached) -> None:
    person = await ward(phones)
    for n in (1, 2):  # two others have the holder's number, too
        await phones.register.person(n)
    phones.house.control.ended.add(GUARDIANS)
    reminder = await phones.tell(person)
    assert await phones.past(reminder) == [OPENED, TRIED, ("NotReached", "PERSON", "gone"), VILLAGE_TRIED]


async def test_what_began_on_a_shared_phone_lends_its_letter_to_no_proof(phones: Reached) -> None:
    person, *others = [await phones.register.person(n) for n in range(3)]
    first = await phones.owed(person, "SIX_MONTHS")
    await phones.begin()
    for number in (
        "13900000009",
        PHONE,
    ):  # the number is the holder's alone when the second one begins, and shared again afterwards
        for other in others:
            await phones.register.clerk.post(f"/persons/{other}/details", {"phone": number})
        if number != PHONE:
            second = await phones.owed(person, "ONE_MONTH")
            await phones.begin()
    assert await phones.told.rows("state") == [("due",), ("due",)]
    await phones.send()
    assert phones.texts() == []
    for reminder in (first, second):
        assert await phones.past(reminder) == [OPENED, TRIED, ("NotReached", "PERSON", "contact_changed"), VILLAGE_TRIED]


async def test_a_silence_of_the_register_forgets_no_silence_of_the_gateway(phones: Reached, tmp_path: Path) -> None:
    reminder = await phones.owed(await phones.register.person())
    await phones.begin()
    phones.house.gateway.receipts_url = None
    phones.house.control.plan("sms", Step(Do.CUT))
    await phones.send()
    token = (tmp_path / "register_token").read_text()
    (tmp_path / "register_token").write_text("forged")
    phones.house.control.plan("sms.ask", Step(Do.BREAK))
    await phones.later()
    await phones.send()
    assert await phones.told.rows("state, reason, unknowns") == [("unknown", "register_refused", 1)]
    (tmp_path / "register_token").write_text(token)
    await phones.later()
    await phones.send()
    assert await phones.told.rows("state, unknowns") == [("sent", 1)]  # the gateway was asked, and had it
    assert (len(phones.texts()), await phones.past(reminder)) == (1, [OPENED, TRIED])


@pytest.mark.parametrize("token", [b"", b"\xff\xfe", b"two\nlines"])
async def test_a_token_that_is_none_stops_nothing(phones: Reached, tmp_path: Path, token: bytes) -> None:
    (tmp_path / "register_token").write_bytes(token)
    reminder = await phones.owed(await phones.register.person())
    assert await phones.begin() == 1 + (token == b"")
    rows = await phones.told.runtime.pool.fetch("SELECT state, reason FROM to_reach WHERE stream_id = $1 ORDER BY due_at", reminder)
    assert tuple(rows[0]) == (("ended", "no_register") if token == b"" else ("due", None))
    with pytest.raises(Silent):
        await phones.directory.one(UUID(int=1))


async def test_a_forged_token_is_no_reason_to_send_anybody(phones: Reached, tmp_path: Path) -> None:
    (tmp_path / "register_token").write_text("forged")
    await phones.owed(await phones.register.person())
    assert await phones.begin() == 1
    rows = await phones.told.runtime.pool.fetch("SELECT state, due_at > now() AS put_off FROM to_reach")
    assert [tuple(r) for r in rows] == [("due", True)]
