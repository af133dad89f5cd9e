"""The sender of our own doors: who cannot be told fails alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.kernel.events import Recorded
from services.kernel.store import Outgoing
from services.notifications import sender
from services.notifications.events import Channel, NoticeQueued
from tests.notifications.outside import NOTICE_OF, Outside, about, outside
from tests.world import World

BOTH = replace(NOTICE_OF, channels=(Channel.TOPIC, Channel.INBOX))
SICK = "poison"


@pytest.fixture
async def office(place: World, tmp_path: Path) -> AsyncIterator[Outside]:
    """The county federation, with a topic."""
    async with outside(place, tmp_path) as made:
        yield made


async def effects(office: Outside) -> dict[UUID, tuple[str, str | None]]:
    """State and reason of every effect."""
    rows = await office.runtime.pool.fetch("SELECT notice_id, state, reason FROM effect")
    return {r["notice_id"]: (r["state"], r["reason"]) for r in rows}


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """No message can be made of one notice."""
    make = sender.message

    def message(first: Recorded, notice: NoticeQueued) -> Outgoing:
        if notice.text == SICK:
            raise ValueError(SICK)
        return make(first, notice)

    monkeypatch.setattr(sender, "message", message)


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
    give_up = sender._give_up

    async def later(*args: Any) -> None:
        await office.runtime.pool.execute(meanwhile, sick)
        await give_up(*args)

    monkeypatch.setattr(sender, "_give_up", later)
    assert await sender.send_due(office.runtime) == 1
    assert await effects(office) == {sick: sick_ends, healthy: ("due", None)}
    await office.runtime.pool.execute("UPDATE effect SET due_at = now() WHERE notice_id = $1", healthy)
    assert await sender.send_due(office.runtime) == 1
    assert await effects(office) == {sick: sick_ends, healthy: ("sent", None)}
