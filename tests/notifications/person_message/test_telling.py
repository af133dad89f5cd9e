"""A person is told of a policy by a message of their own: once, in words that name nothing, on the way that reminders take."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from deploy.sandbox.providers.control import Do, Step
from services.domain import citizen_id
from services.engine.deliver import Delivery
from services.matching.announcement.events import PolicyPassedOn
from services.matching.vocabulary import Through
from services.notifications.person_message.decider import TELLING, Begin, telling_id
from services.notifications.person_message.events import PolicyTellingBegun, PolicyTellingEnded
from services.notifications.person_message.reactions import tell_persons
from services.notifications.policy.load import POLICY
from services.notifications.reminder.commands import NoteOutcome
from tests.certificates.office import VILLAGE
from tests.contract.golden import sample
from tests.notifications.person_message.reached import PHONE, Reached
from tests.notifications.samples import DAY, recorded
from tests.spec import SEED, spec

BY, PERSONS = date(2026, 4, 1), (UUID(int=1), UUID(int=2))
BEGUN = PolicyTellingBegun(announcement_id=SEED, person_id=PERSONS[0], division=VILLAGE, tell_by=BY, begun_on=DAY)
ENDED = PolicyTellingEnded(arrived=True, reason="", ended_on=DAY)
PASSED_ON = replace(
    sample(PolicyPassedOn),
    persons=PERSONS,
    through=Through.PERSON,
    division=VILLAGE,
    tell_by=BY,
    title="困难残疾人生活补贴调整",
    plain="名单上的人正在领取，不用重新申请。",
    owner="MZ",
)
TEXT = (
    "您好，有一项惠民政策可能与您有关。请于2026年4月1日前拨打香格里拉市残联固定电话12385，也可以问村（社区）。"
    "我们不会要您提供任何号码。"
)


def test_each_person_is_told_once_where_the_row_says_so_and_nobody_where_it_does_not() -> None:
    told = recorded(PASSED_ON, VILLAGE)
    begins = [Begin(told.stream_id, person, VILLAGE, BY) for person in PERSONS]
    wanted = [(TELLING, telling_id(told.stream_id, b.person_id), b) for b in begins]
    assert tell_persons(told, None, POLICY) == wanted
    for through in (Through.VILLAGE, Through.UNKNOWN):
        assert tell_persons(recorded(replace(PASSED_ON, through=through), VILLAGE), None, POLICY) == []


def test_a_telling_begins_once_and_ends_once() -> None:
    begin, arrived = Begin(SEED, PERSONS[0], VILLAGE, BY), NoteOutcome(True)
    spec(TELLING, POLICY).when(begin).then(BEGUN)
    spec(TELLING, POLICY).given(BEGUN).when(begin).then_nothing()
    spec(TELLING, POLICY).given(BEGUN).when(arrived).then(ENDED)
    spec(TELLING, POLICY).given(BEGUN, ENDED).when(NoteOutcome(False, "gone")).then_nothing()
    spec(TELLING, POLICY).given(BEGUN, ENDED).when(begin).then_nothing()
    spec(TELLING, POLICY).when(arrived).then_nothing()


async def passed_on(phones: Reached, *persons: str) -> list[UUID]:
    """A village was told of these persons, who have messages, too; the tellings' streams. May come twice."""
    told = recorded(replace(PASSED_ON, persons=tuple(map(UUID, persons))), VILLAGE)
    runtime = phones.told.runtime
    async with runtime.pool.acquire() as conn, conn.transaction():
        await Delivery(runtime).apply(conn, [replace(told, service="matching", occurred_at=runtime.clock())])
    return [telling_id(told.stream_id, UUID(person)) for person in persons]


async def what_came_of(phones: Reached, telling: UUID) -> list[object]:
    """The events of a telling."""
    async with phones.told.runtime.pool.acquire() as conn:
        return [r.event for r in await phones.told.runtime.store.read(conn, telling)]


async def test_a_person_with_a_phone_is_asked_to_call_and_one_without_is_left_to_the_village(phones: Reached) -> None:
    reachable = await phones.register.person()
    head = "53349919720318005"
    nobodys = {"citizen_id": head + citizen_id.check_digit(head), "name": "测试乙", "division": VILLAGE, "phone": None}
    silent = str((await phones.register.clerk.post("/persons", nobodys, 201))["id"])
    first, second = await passed_on(phones, reachable, silent)
    assert await phones.begin() == 2
    await phones.send()
    assert phones.texts() == [(PHONE, TEXT)]
    begun, ended = await what_came_of(phones, first)
    assert begun == replace(BEGUN, announcement_id=recorded(PASSED_ON).stream_id, person_id=UUID(reachable))
    assert ended == ENDED
    assert (await what_came_of(phones, second))[1:] == [PolicyTellingEnded(arrived=False, reason="no_phone", ended_on=DAY)]
    await passed_on(phones, reachable, silent)  # the event comes once more
    assert await phones.begin() == 0
    assert await phones.send() == 0
    assert await phones.told.rows("source, agency, division, channel, state, urgent") == [
        ("PERSON", "CL", VILLAGE, "SMS", "delivered", False)
    ]


async def test_a_message_that_fails_ends_the_telling_and_nothing_is_left_to_be_done(phones: Reached) -> None:
    phones.house.control.plan("sms", Step(Do.REFUSE, "number_ended"))
    (telling,) = await passed_on(phones, await phones.register.person())
    await phones.begin()
    await phones.send()
    (ended,) = (await what_came_of(phones, telling))[1:]
    assert isinstance(ended, PolicyTellingEnded)
    assert ended.arrived is False
    assert await phones.told.rows("state") == [("failed",)]
