"""A holder is told in person: by whose phone, in which words, what that proves, and what follows when it does not work."""

import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

from deploy.sandbox.providers.control import Do, Step
from services.domain import citizen_id
from services.domain.file_number import file_number
from services.notifications.reminder.commands import Stop
from services.notifications.reminder.events import Proof, StopReason
from services.notifications.vocabulary import Channel
from tests.certificates.office import VILLAGE
from tests.notifications.delivery.outside import conducting
from tests.notifications.person_message.reached import (
    CARD,
    GUARDIANS,
    OPENED,
    PHONE,
    SOON,
    TRIED,
    VILLAGE_TRIED,
    Reached,
    ward,
    with_guardian,
)

OURS = "香格里拉市残联固定电话12385。"
CALL_US = "您好，香格里拉市残联有一件事项需要与您联系。请于2026年3月16日前拨打固定电话12385。我们不会要您提供任何号码。"
RENEW = f"您好，您（或您监护的人）的残疾人证有效期至2026年8月28日。请在到期前换证。不方便出门可以申请上门。咨询请打{OURS}"
CHILD = (
    f"您好，香格里拉市残联有一件事项（编号{file_number(CARD)}）需要与您联系。请于2026年3月16日前拨打固定电话12385，说出编号即可。"
    "我们不会要您提供任何其他号码。"
)


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
        "channel": "SMS",
        "owner": "HOLDER",
        "proves": True,
        "state": "delivered",
        "reason": None,
        "attempt": 1,
        "flagged": False,
        "sent_on": "2026-03-02",
    }
    village = await phones.told.place.client(phones.told.base, "CUN", VILLAGE, "liaison")
    assert (await village.get(f"/reminders/{reminder}"))["messages"] == []


async def test_a_phone_that_nobody_confirmed_is_asked_to_call_and_told_nothing_else(phones: Reached) -> None:
    reminder = await phones.tell(await phones.register.person())
    assert phones.texts() == [(PHONE, CALL_US)]
    assert (await phones.past(reminder))[-1] == ("Reached", "PERSON", Proof.HANDSET)


async def test_of_a_child_the_guardian_is_told_the_case_alone(phones: Reached) -> None:
    head = "53349920150301001"
    body = {"citizen_id": head + citizen_id.check_digit(head), "name": "测试丙", "division": VILLAGE, "phone": None}
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


def one_text_a_day(phones: Reached) -> None:
    """The policy allows a recipient one text a day."""
    policy = conducting()
    rows = tuple(replace(r, value=replace(r.value, ceiling=1)) if r.id == "SMS" else r for r in policy.conduct.rows)
    phones.told.runtime.service = replace(phones.told.runtime.service, policy=replace(policy, conduct=type(policy.conduct)(rows)))


async def test_two_persons_with_one_phone_are_told_apart_each_in_words_that_are_theirs(phones: Reached) -> None:
    first, second = [await phones.register.person(n) for n in range(2)]
    await phones.register.village.post(f"/persons/{first}/phone-confirmed", {"owner": "HOLDER"})
    await phones.owed(first)
    await phones.owed(second, until=date(2026, 8, 29))
    await phones.begin()
    assert await phones.send() == 2
    assert phones.texts() == sorted([(PHONE, CALL_US), (PHONE, RENEW)])
    ((one,), (other,)) = await phones.told.rows("recipient")
    assert one == other


async def test_a_ceiling_holds_for_the_phone_however_many_persons_have_it(phones: Reached) -> None:
    one_text_a_day(phones)
    first, second = [await phones.register.person(n) for n in range(2)]
    await phones.tell(first)
    late = await phones.tell(second, until=date(2026, 8, 29))
    await phones.tell(second, "ONE_MONTH", until=SOON)
    assert await phones.told.rows("state, coalesce(reason, held_for)") == [
        ("delivered", None),
        ("suppressed", "ceiling"),
        ("due", "ceiling"),
    ]
    assert await phones.past(late) == [OPENED, TRIED, ("NotReached", "PERSON", "ceiling"), VILLAGE_TRIED]
    assert phones.texts() == [(PHONE, CALL_US)]


async def test_the_urgent_waits_for_the_next_day_over_the_ceiling_and_the_rest_is_not_sent(phones: Reached) -> None:
    person = await phones.register.person()
    one_text_a_day(phones)
    await phones.tell(person)
    await phones.tell(person, "ONE_MONTH", until=SOON)
    late = await phones.tell(person, until=date(2026, 8, 29))
    assert await phones.told.rows("state, coalesce(reason, held_for)") == [
        ("delivered", None),
        ("due", "ceiling"),
        ("suppressed", "ceiling"),
    ]
    assert await phones.past(late) == [OPENED, TRIED, ("NotReached", "PERSON", "ceiling"), VILLAGE_TRIED]
