"""The sender of our own doors: who cannot be told fails alone, a shut door keeps, and every word of it is counted."""

from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.kernel.events import Recorded
from services.kernel.policy import Rules
from services.kernel.store import Outgoing
from services.notifications.notice import own_channels
from services.notifications.notice.commands import Suppress
from services.notifications.notice.events import NoticeQueued, NoticeSent
from services.notifications.policy.load import NoticePolicy
from services.notifications.policy.rows import Switch
from services.notifications.service import SERVICE
from services.notifications.vocabulary import Channel, SuppressionReason
from tests.notifications.agency_reply.topics import on_topic
from tests.notifications.delivery.outside import NOTICE_OF, Outside, about

BOTH = replace(NOTICE_OF, channels=(Channel.TOPIC, Channel.INBOX))
SICK = "poison"


def shut(office: Outside, *doors: Channel) -> None:
    """From now on these doors are shut, and all others open."""
    policy: NoticePolicy = SERVICE.policy
    rows = tuple(replace(row, value=Switch(row.id not in doors)) for row in policy.channels.rows)
    office.runtime.service = replace(office.runtime.service, policy=replace(policy, channels=Rules(rows)))


def counted() -> Counter[tuple[str, str, str]]:
    """What the sender has counted so far, by state, channel and reason."""
    samples = [sample for metric in own_channels.SETTLED.collect() for sample in metric.samples if sample.name.endswith("_total")]
    return Counter({(s.labels["state"], s.labels["channel"], s.labels["reason"]): int(s.value) for s in samples})


async def a_minute_later(office: Outside) -> int:
    """What was kept is looked at again; how many effects."""
    await office.runtime.pool.execute("UPDATE effect SET due_at = due_at - interval '1 minute'")
    return await own_channels.send_due(office.runtime)


async def told_by(office: Outside, notice_id: UUID) -> list[str]:
    """The doors that have told a notice, in order."""
    async with office.runtime.pool.acquire() as conn:
        past = (await office.runtime.store.read_many(conn, [notice_id]))[notice_id]
    return [r.event.channel.value for r in past if isinstance(r.event, NoticeSent)]


async def effects(office: Outside) -> dict[UUID, tuple[str, str | None]]:
    """State and reason of every effect."""
    rows = await office.runtime.pool.fetch("SELECT notice_id, state, reason FROM effect")
    return {r["notice_id"]: (r["state"], r["reason"]) for r in rows}


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """No message can be made of one notice."""
    make = own_channels.message

    def message(first: Recorded, notice: NoticeQueued) -> Outgoing:
        if notice.text == SICK:
            raise ValueError(SICK)
        return make(first, notice)

    monkeypatch.setattr(own_channels, "message", message)


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize(
    ("meanwhile", "sick_ends"),
    [
        ("UPDATE effect SET due_at = '2020-01-01' WHERE notice_id <> $1", ("failed", "ValueError")),
        ("UPDATE effect SET state = 'sent' WHERE notice_id = $1", ("sent", None)),
    ],
    ids=["an older one has become due", "another process has sent it"],
)
async def test_a_notice_that_cannot_be_sent_fails_itself_whatever_has_come_before_it_meanwhile(
    office: Outside, meanwhile: str, sick_ends: tuple[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    sick, healthy = await office.queue(about(SICK, BOTH), about("healthy", BOTH))
    await office.runtime.pool.execute("UPDATE effect SET due_at = 'infinity' WHERE notice_id = $1", healthy)
    give_up = own_channels.give_up

    async def later(*args: Any) -> None:
        await office.runtime.pool.execute(meanwhile, sick)
        await give_up(*args)

    monkeypatch.setattr(own_channels, "give_up", later)
    assert await own_channels.send_due(office.runtime) == 1
    assert await effects(office) == {sick: sick_ends, healthy: ("due", None)}
    await office.runtime.pool.execute("UPDATE effect SET due_at = now() WHERE notice_id = $1", healthy)
    assert await own_channels.send_due(office.runtime) == 1
    assert await effects(office) == {sick: sick_ends, healthy: ("sent", None)}


async def test_a_shut_topic_keeps_the_message_while_the_inbox_tells_at_once_and_lets_it_go_when_it_opens(office: Outside) -> None:
    shut(office, Channel.TOPIC)
    (notice,) = await office.queue(about("kept", BOTH))
    before = counted()
    assert await own_channels.send_due(office.runtime) == 1
    assert (await effects(office), await told_by(office, notice)) == ({notice: ("due", "door_shut")}, ["INBOX"])
    assert counted() - before == {("sent", "INBOX", ""): 1, ("held", "TOPIC", "door_shut"): 1}
    assert await own_channels.send_due(office.runtime) == 0
    assert await a_minute_later(office) == 1
    assert counted() - before == {("sent", "INBOX", ""): 1, ("held", "TOPIC", "door_shut"): 1}
    shut(office)
    assert await a_minute_later(office) == 1
    assert (await effects(office), await told_by(office, notice)) == ({notice: ("sent", None)}, ["INBOX", "TOPIC"])
    assert (counted() - before)["sent", "TOPIC", ""] == 1
    (said,) = await on_topic(office.place, "cl.533401", 1)
    assert (said.notice_id, said.text) == (notice, "kept")
    assert await a_minute_later(office) == 0


@pytest.mark.parametrize("wanted", [(Channel.INBOX,), (Channel.TOPIC, Channel.INBOX)])
async def test_where_every_door_is_shut_nothing_is_lost_and_nothing_ends(office: Outside, wanted: tuple[Channel, ...]) -> None:
    shut(office, Channel.TOPIC, Channel.INBOX)
    (notice,) = await office.queue(about("kept", replace(NOTICE_OF, channels=wanted)))
    before = counted()
    assert [await own_channels.send_due(office.runtime), await a_minute_later(office)] == [1, 1]
    assert (await effects(office), await told_by(office, notice)) == ({notice: ("due", "door_shut")}, [])
    assert counted() - before == {("held", door.value, "door_shut"): 1 for door in wanted}
    assert await office.events("NoticeSuppressed") == []
    shut(office)
    assert await a_minute_later(office) == 1
    assert (await effects(office), await told_by(office, notice)) == ({notice: ("sent", None)}, [door.value for door in wanted])


async def test_what_is_over_before_its_door_opens_is_not_told_there_and_counted_so(office: Outside) -> None:
    shut(office, Channel.TOPIC)
    noted, withdrawn = await office.queue(about("noted", BOTH), about("withdrawn", replace(BOTH, channels=(Channel.TOPIC,))))
    assert await own_channels.send_due(office.runtime) == 2
    await office.clerk.post(f"/notices/{noted}/acknowledge")
    await office.order([(withdrawn, Suppress(SuppressionReason.NO_LONGER_TRUE))])
    shut(office)
    before = counted()
    assert await a_minute_later(office) == 2
    assert await effects(office) == {noted: ("sent", "no_longer_open"), withdrawn: ("suppressed", "no_longer_open")}
    assert counted() - before == {("suppressed", "TOPIC", "no_longer_open"): 2}
    assert await told_by(office, withdrawn) == []


@pytest.mark.usefixtures("poisoned")
async def test_what_cannot_be_sent_is_counted_with_its_reason(office: Outside) -> None:
    await office.queue(about(SICK, BOTH))
    before = counted()
    assert await own_channels.send_due(office.runtime) == 1
    assert counted() - before == {("failed", "", "ValueError"): 1}
