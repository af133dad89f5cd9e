"""A holder is told in person: by whose phone, in which words, what that proves, and what follows when it does not work."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest

from deploy.sandbox.providers.control import Do, Step
from deploy.sandbox.providers.house import House
from services import identity
from services.notifications import reaching
from services.notifications.directory import Directory, RegisterSettings, Silent
from services.notifications.events import Channel
from services.notifications.persons import Persons
from services.notifications.reminder import Stop
from services.notifications.reminder_events import Proof, StopReason
from services.notifications.sources import SOURCES
from services.shell.rebuild import Rebuild
from tests.certificates.office import VILLAGE
from tests.notifications.outside import conducting
from tests.notifications.reached import CARD, SENDS, Reached, reached
from tests.notifications.told import configured
from tests.world import World

PHONE, GUARDIANS, SOON = "13800000000", "13900000002", date(2026, 3, 30)
TRIED, OPENED = ("Tried", "PERSON", ""), ("Opened", "", "")
VILLAGE_TRIED = ("Tried", "CUN@village", "")
OURS = "香格里拉市残联固定电话12385。"
CALL_US = "您好，香格里拉市残联有一件事项需要与您联系。请于2026年3月16日前拨打固定电话12385。我们不会要您提供任何号码。"
RENEW = f"您好，您（或您监护的人）的残疾人证有效期至2026年8月28日。请在到期前换证。不方便出门可以申请上门。咨询请打{OURS}"
CHILD = (
    f"您好，香格里拉市残联有一件事项（编号{CARD.hex[:8].upper()}）需要与您联系。请于2026年3月16日前拨打固定电话12385，说出编号即可。"
    "我们不会要您提供任何其他号码。"
)


@pytest.fixture
async def phones(place: World, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reached]:
    """Everything is there."""
    configured(house, monkeypatch)
    async with reached(place, house, tmp_path) as made:
        yield made


async def with_guardian(phones: Reached, person: str) -> None:
    """The person has a guardian with a phone."""
    guardian = {"name": "测试乙", "relationship": "parent", "citizen_id": "533499197203180059", "phone": GUARDIANS}
    await phones.register.clerk.post(f"/persons/{person}/guardian", guardian)


async def ward(phones: Reached) -> str:
    """An adult with mental disability and a guardian, both with phones."""
    person = await phones.register.person()
    certificate = await phones.register.application(person)
    await with_guardian(phones, person)
    await phones.register.step(certificate, "accept", "order-assessment")
    body = {"meets_standard": True, "category": "MENTAL", "grade": 2}
    await phones.register.institution.post(f"/certificates/{certificate}/assessment", body)
    await phones.register.step(certificate, "public-notice", "public-notice/post")
    await phones.register.on("2026-03-10")
    await phones.register.step(certificate, "public-notice/close", "issue")
    await phones.register.on("2026-03-02")
    return person


async def test_a_confirmed_phone_is_told_what_ends_and_the_handset_is_the_proof(phones: Reached) -> None:
    person = await phones.register.person()
    await phones.register.village.post(f"/persons/{person}/phone-confirmed", {"owner": "HOLDER"})
    reminder = await phones.tell(person)
    assert phones.texts() == [(PHONE, RENEW)]
    assert await phones.past(reminder) == [OPENED, TRIED, ("Reached", "PERSON", Proof.HANDSET)]
    assert await phones.told.rows("source, agency, division, channel, state, urgent") == [
        ("PERSON", "CL", VILLAGE, "SMS", "delivered", False)
    ]
    assert await phones.begin() == 0
    found = await phones.told.clerk.get(f"/reminders/{reminder}")
    (message,) = found["messages"]
    assert message.pop("settled_at") is not None
    assert message == {
        "channel": "SMS", "owner": "HOLDER", "proves": True, "state": "delivered", "reason": None, "attempt": 1, "flagged": False,
        "sent_on": "2026-03-02",
    }  # fmt: skip
    village = await phones.told.place.client(phones.told.base, "CUN", VILLAGE, "liaison")
    assert (await village.get(f"/reminders/{reminder}"))["messages"] == []


async def test_a_phone_that_nobody_confirmed_is_asked_to_call_and_told_nothing_else(phones: Reached) -> None:
    reminder = await phones.tell(await phones.register.person())
    assert phones.texts() == [(PHONE, CALL_US)]
    assert (await phones.past(reminder))[-1] == ("Reached", "PERSON", Proof.HANDSET)


async def test_of_a_child_the_guardian_is_told_the_case_alone(phones: Reached) -> None:
    head = "53349920150301001"
    body = {"citizen_id": head + identity.check_digit(head), "name": "测试丙", "division": VILLAGE, "phone": None}
    child = str((await phones.register.clerk.post("/persons", body, 201))["id"])
    await with_guardian(phones, child)
    await phones.register.village.post(f"/persons/{child}/phone-confirmed", {"owner": "GUARDIAN"})
    await phones.tell(child)
    assert phones.texts() == [(GUARDIANS, CHILD)]


async def test_a_choice_of_voice_is_called_in_words_that_name_the_language(phones: Reached) -> None:
    person = await phones.register.person()
    await phones.register.village.post(f"/persons/{person}/contact", {"choice": "VOICE", "language": "LISU"})
    await phones.register.village.post(f"/persons/{person}/phone-confirmed", {"owner": "HOLDER"})
    reminder = await phones.tell(person, channel=Channel.VOICE)
    assert (phones.texts(), phones.texts("voice")) == ([], [(PHONE, f"{RENEW}拨打时请说明您讲傈僳语。")])
    assert (await phones.past(reminder))[-1] == ("Reached", "PERSON", Proof.HANDSET)


async def test_an_adult_with_mental_disability_is_told_beside_the_guardian_and_one_failure_ends_nothing(phones: Reached) -> None:
    person = await ward(phones)
    phones.house.control.plan("sms", Step(Do.REFUSE, "text_forbidden"))
    reminder = await phones.tell(person)
    assert [to for to, _ in phones.texts()] == [PHONE, GUARDIANS]
    assert await phones.past(reminder) == [OPENED, TRIED, ("Reached", "PERSON", Proof.HANDSET)]


async def test_when_every_phone_has_failed_the_village_is_tried_at_once(phones: Reached) -> None:
    person = await ward(phones)
    phones.house.control.plan("sms", Step(Do.REFUSE, "text_forbidden"), Step(Do.FAIL, "number_ended"))
    reminder = await phones.tell(person)
    assert await phones.past(reminder) == [OPENED, TRIED, ("NotReached", "PERSON", "gone"), VILLAGE_TRIED]
    assert await phones.told.rows("state") == [("failed",), ("failed",)]
    assert await phones.begin() == 1  # the village's turn: nobody is sent anything for it
    assert len(await phones.told.rows()) == 2


async def test_in_the_last_month_a_handset_proves_nothing_yet(phones: Reached) -> None:
    reminder = await phones.tell(await phones.register.person(), "ONE_MONTH", until=SOON)
    assert await phones.past(reminder) == [OPENED, TRIED, ("Arrived", "PERSON", "")]
    assert await phones.told.rows("state, urgent") == [("delivered", True)]


async def test_a_phone_that_three_persons_share_is_told_and_proves_nothing(phones: Reached) -> None:
    person, *_ = [await phones.register.person(n) for n in range(3)]
    reminder = await phones.tell(person)
    assert phones.texts() == [(PHONE, CALL_US)]
    assert await phones.past(reminder) == [OPENED, TRIED]
    assert await phones.told.rows("state") == [("delivered",)]


async def test_who_wants_to_be_visited_is_visited_at_once(phones: Reached) -> None:
    person = await phones.register.person()
    await phones.register.village.post(f"/persons/{person}/contact", {"choice": "VISIT"})
    reminder = await phones.tell(person)
    assert await phones.past(reminder) == [OPENED, TRIED, ("NotReached", "PERSON", "no_phone"), VILLAGE_TRIED]
    assert (phones.texts(), await phones.told.rows()) == ([], [])


async def test_the_number_of_the_moment_of_sending_is_used(phones: Reached) -> None:
    person = await phones.register.person()
    await phones.owed(person)
    await phones.begin()
    await phones.register.clerk.post(f"/persons/{person}/details", {"phone": "13900000009"})
    await phones.send()
    assert phones.texts() == [("13900000009", CALL_US)]


async def test_who_changed_his_mind_meanwhile_is_not_told_by_phone_any_more(phones: Reached) -> None:
    person = await phones.register.person()
    reminder = await phones.owed(person)
    await phones.begin()
    await phones.register.village.post(f"/persons/{person}/contact", {"choice": "VISIT"})
    await phones.send()
    assert phones.texts() == []
    assert await phones.past(reminder) == [OPENED, TRIED, ("NotReached", "PERSON", "contact_changed"), VILLAGE_TRIED]


async def test_what_is_no_longer_owed_is_not_sent_and_says_why(phones: Reached) -> None:
    reminder = await phones.owed(await phones.register.person())
    await phones.begin()
    await phones.order(reminder, Stop(StopReason.RENEWED))
    assert await phones.send() == 0
    assert await phones.told.rows("state, reason") == [("suppressed", "no_longer_owed")]


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


async def test_no_number_is_kept_anywhere(phones: Reached) -> None:
    await phones.tell(await phones.register.person())
    tables = await phones.told.place.sql(
        "notifications", "SELECT format('%I.%I', schemaname, tablename) AS t FROM pg_tables WHERE schemaname IN ('public', 'views')"
    )
    for table in tables:
        assert await phones.told.place.sql("notifications", f"SELECT 1 FROM {table['t']} x WHERE x::text LIKE '%{PHONE}%'") == []
    hexed = PHONE.encode().hex()
    assert await phones.told.place.sql("notifications", f"SELECT 1 FROM events WHERE encode(data, 'hex') LIKE '%{hexed}%'") == []


async def test_the_register_records_each_look_and_gives_this_caller_no_name(phones: Reached) -> None:
    person = await phones.register.person()
    await phones.tell(person)
    looks = await phones.register.sql("SELECT actor, granted FROM person_read WHERE reference = 'reminding'")
    assert [tuple(r) for r in looks] == [("CL:5334:notifications", True)] * 2
    machine = await phones.told.place.client(phones.register.base, "CL", "5334", "reminding")
    question = {"purpose": "EXPIRY_REMINDER", "reference": "reminding", "person_ids": [person]}
    assert (await machine.post("/resolve", question, 403))["title"] == "scope_missing"


async def test_many_letters_at_once_ask_the_register_in_one_question(phones: Reached) -> None:
    persons = [await phones.register.person(n) for n in range(2)]
    found = await asyncio.gather(*(phones.directory.one(p) for p in map(UUID, [*persons, persons[0]])))
    assert [[w.phone for w in ways] for ways in found] == [[PHONE]] * 3
    looks = await phones.register.sql(
        "SELECT count(*) AS n, count(DISTINCT at) AS at_once FROM person_read WHERE reference = 'reminding'"
    )
    assert tuple(looks[0]) == (2, 1)


async def test_while_the_register_is_silent_everything_waits_and_nothing_is_lost(phones: Reached, tmp_path: Path) -> None:
    person, runtime = await phones.register.person(), phones.told.runtime
    reminder = await phones.owed(person)
    async with aiohttp.ClientSession() as session:
        silent = Directory(
            RegisterSettings(register_url="http://127.0.0.1:9", register_token_file=tmp_path / "register_token"), session
        )
        assert await reaching.take(runtime, silent, SENDS) == 1
        assert await phones.begin() == 0  # put off
        await phones.later()
        assert await phones.begin() == 1
        engine = phones.told.engine
        phones.told.engine = type(engine)(runtime, engine._senders, {**SOURCES, "PERSON": Persons(silent)}, lambda: 0.0)
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
        assert await reaching.take(phones.told.runtime, directory, sends) == 1
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
        await reaching._begin(phones.told.runtime, Directory(RegisterSettings(), session), SENDS, claimed)
    await reaching._begin(phones.told.runtime, phones.directory, SENDS, claimed)
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


async def test_the_urgent_waits_for_the_next_day_over_the_ceiling_and_the_rest_is_not_sent(phones: Reached) -> None:
    person = await phones.register.person()
    policy = conducting()
    rows = tuple(replace(r, value=replace(r.value, ceiling=1)) if r.id == "SMS" else r for r in policy.conduct.rows)
    phones.told.runtime.service = replace(phones.told.runtime.service, policy=replace(policy, conduct=type(policy.conduct)(rows)))
    await phones.tell(person)
    await phones.tell(person, "ONE_MONTH", until=SOON)
    late = await phones.tell(person, until=date(2026, 8, 29))
    assert await phones.told.rows("state, coalesce(reason, held_for)") == [
        ("delivered", None), ("due", "ceiling"), ("suppressed", "ceiling"),
    ]  # fmt: skip
    assert await phones.past(late) == [OPENED, TRIED, ("NotReached", "PERSON", "ceiling"), VILLAGE_TRIED]
