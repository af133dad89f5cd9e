"""When a letter may go out, what goes out together, and what a receipt means for it. Pure."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.notifications.channels.letter import Outcome, Receipt
from services.notifications.delivery.letter import Fate, Group, chosen, fate, grouped
from services.notifications.delivery.pacing import next_digest, next_try, quiet_until, tomorrow
from services.notifications.delivery.queue import Delivery
from services.notifications.policy.load import POLICY
from tests.notifications.delivery.outside import conduct_of

ONE, OTHER = UUID(int=1), UUID(int=2)
CONDUCT = replace(conduct_of(POLICY), quiet_from=21, quiet_until=8, digest_at=9, retry=(0, 5, 300), per_recipient=2, resends=1)


@pytest.mark.parametrize(
    ("hour", "minute", "until"),
    [(20, 59, None), (21, 0, (3, 8)), (23, 59, (3, 8)), (0, 0, (2, 8)), (7, 59, (2, 8)), (8, 0, None), (12, 0, None)],
)
def test_quiet_hours_reach_over_midnight(hour: int, minute: int, until: tuple[int, int] | None) -> None:
    now = datetime.fromisoformat(f"2026-03-02T{hour:02}:{minute:02}:00+08:00")
    expected = datetime.fromisoformat(f"2026-03-{until[0]:02}T{until[1]:02}:00:00+08:00") if until else None
    assert quiet_until(now, CONDUCT) == quiet_until(now.astimezone(UTC), CONDUCT) == expected


def test_equal_hours_are_no_quiet_hours_and_hours_of_one_day_work_too() -> None:
    noon = datetime.fromisoformat("2026-03-02T12:00:00+08:00")
    assert quiet_until(noon, replace(CONDUCT, quiet_from=0, quiet_until=0)) is None
    assert quiet_until(noon, replace(CONDUCT, quiet_from=12, quiet_until=14)) == datetime.fromisoformat("2026-03-02T14:00:00+08:00")
    assert next_digest(noon, CONDUCT) == datetime.fromisoformat("2026-03-03T09:00:00+08:00")
    assert tomorrow(noon) == datetime.fromisoformat("2026-03-03T00:00:00+08:00")


@pytest.mark.parametrize(
    ("tries", "retry_after", "jitter", "wait"),
    [
        (1, None, 0, 5),
        (1, None, 0.5, 5.25),
        (2, None, 0, 300),
        (3, None, 0, None),
        (1, 60, 0, 60),
        (2, 60, 0, 300),
        (1, 10**9, 0, 95040),
        (3, 60, 0, None),
    ],
)
def test_the_next_try_follows_the_schedule_and_a_receiver_may_ask_for_more(
    tries: int, retry_after: float | None, jitter: float, wait: float | None
) -> None:
    found = next_try(CONDUCT, tries, retry_after, jitter)
    assert found == (None if wait is None else pytest.approx(wait))


def test_webhooks_are_tried_as_standard_webhooks_says_over_three_days() -> None:
    schedule = conduct_of(POLICY).retry
    assert schedule == (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    assert sum(schedule) / 3600 == pytest.approx(75.585, abs=0.001)


def delivery(number: int, **changes: Any) -> Delivery:
    """A delivery that is due, about a subject of its own."""
    made = Delivery(
        UUID(int=number),
        "NOTICE",
        UUID(int=100 + number),
        UUID(int=200 + number),
        ONE,
        "CL",
        "533401",
        False,
        False,
        "due",
        0,
        0,
        0,
        False,
        None,
        ONE,
        ONE,
        datetime(2026, 3, 2, tzinfo=UTC),
    )
    return replace(made, **changes)


def test_a_digest_or_one_subject_is_one_letter_up_to_its_size() -> None:
    subject = UUID(int=300)
    same = [
        delivery(1, subject_id=subject),
        delivery(2),
        delivery(3, subject_id=subject),
        delivery(4, subject_id=subject, recipient=OTHER),
    ]
    assert [[d.delivery_id.int for d in g.parts] for g in grouped(same, 10)] == [[1, 3], [2], [4]]
    digest = [delivery(n, digest=True) for n in range(1, 6)]
    assert [[d.delivery_id.int for d in g.parts] for g in grouped(digest, 2)] == [[1, 2], [3, 4], [5]]


def test_a_letter_that_was_tried_keeps_its_parts_and_its_reference() -> None:
    letter = UUID(int=500)
    tried = [delivery(n, letter_id=letter, digest=True) for n in range(1, 4)]
    (first, second) = grouped([*tried, delivery(9, digest=True)], 2)
    assert (first.letter_id, len(first.parts), second.letter_id) == (letter, 3, UUID(int=9))
    assert grouped(tried[:2][::-1], 9)[0].letter_id == letter
    new = [replace(d, letter_id=None) for d in tried]
    assert Group(tuple(new)).letter_id == Group(tuple(new[::-1])).letter_id


def test_a_recipient_gets_its_share_and_not_more_than_a_day_allows() -> None:
    groups = [Group((delivery(n, urgent=n == 4),)) for n in range(1, 6)]
    limited = replace(CONDUCT, ceiling=2)
    picked = chosen(groups, 10, {}, {ONE: 1}, limited)
    assert [[g.parts[0].delivery_id.int for g in some] for some in (picked.now, picked.later, picked.never)] == [
        [1],
        [4],
        [2, 3, 5],
    ]
    assert [g.parts[0].delivery_id.int for g in chosen(groups, 10, {ONE: 1}, {}, CONDUCT).now] == [1]
    assert len(chosen(groups, 1, {}, {}, CONDUCT).now) == 1
    again = [Group((delivery(1, letter_id=UUID(int=500)),))]
    assert chosen(again, 10, {}, {ONE: 9}, limited).now == again


@pytest.mark.parametrize(
    ("receipt", "changes", "end"),
    [
        (Receipt(Outcome.DELIVERED), {}, Fate("delivered")),
        (Receipt(Outcome.SENT), {}, Fate("sent")),
        (Receipt(Outcome.REFUSED, reason="word_forbidden"), {}, Fate("failed", "word_forbidden")),
        (Receipt(Outcome.GONE, reason="http_410"), {}, Fate("failed", "gone")),
        (Receipt(Outcome.LATER, reason="http_500"), {}, Fate("due", "http_500", 5, tried=True)),
        (Receipt(Outcome.LATER), {"tries": 2}, Fate("failed", "given_up")),
        (Receipt(Outcome.UNKNOWN), {}, Fate("unknown", "no_answer", 5, silence=True)),
        (Receipt(Outcome.UNKNOWN), {"unknowns": 1}, Fate("failed", "fate_unknown")),
        (Receipt(Outcome.NOT_TRIED, reason="register_silent"), {"tries": 9}, Fate("due", "register_silent", 60)),
        (Receipt(Outcome.NOT_TRIED), {"state": "unknown", "unknowns": 1}, Fate("unknown", "not_tried", 60)),
        (Receipt(Outcome.LATER), {"state": "unknown", "unknowns": 1}, Fate("unknown", "later", 5, tried=True)),
    ],
)
def test_what_a_receipt_means(receipt: Receipt, changes: dict[str, Any], end: Fate) -> None:
    assert fate(Group((delivery(1, **changes),)), receipt, CONDUCT, 0) == end


def test_a_provider_that_says_it_never_had_a_letter_ends_the_doubt() -> None:
    unsure = Group((delivery(1, state="unknown", unknowns=1),))
    said = Receipt(Outcome.LATER, reason="not_taken")
    assert fate(unsure, said, CONDUCT, 0, answered=True) == Fate("due", "not_taken", 5, tried=True)
