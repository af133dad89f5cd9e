"""Due rows as data: what makes a duty due, what ends it, what moves it along, and what leaves it alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.certificates.certificate.card.events import CertificateExpired, CertificateIssued
from services.certificates.person.events import PersonDied, PersonMoved, PersonRegistered
from services.kernel.due import AS_BEFORE, Day, DueRow, Duty, due_rows
from services.kernel.events import Recorded
from services.kernel.projection import fold_into
from tests.contract.golden import sample
from tests.kernel import toy

STREAM, AT = UUID(int=7), datetime(2026, 3, 2, 2, tzinfo=UTC)
BORN = replace(sample(PersonRegistered), birth_month="2026-05")


def _died(recorded: Recorded) -> Day:
    """Only a death after the day that the samples have changes anything."""
    return recorded.event.died_on if recorded.event.died_on > date(2026, 2, 28) else AS_BEFORE


DUTY = replace(toy.STUCK, when={PersonRegistered: toy.born, PersonDied: _died}, moved=(PersonMoved,))
DETAILED = Duty(
    "EACH", toy.PERSON, toy.settle, when={CertificateExpired: lambda _: date(2026, 9, 1)}, detail=lambda event: type(event).__name__
)


def rows(*past: Any) -> dict[Any, DueRow | None]:
    """The rows after a past, each event a county further."""
    found: dict[Any, DueRow | None] = {}
    for version, event in enumerate(past, 1):
        recorded = Recorded(
            UUID(int=version), STREAM, version, "certificates", event, f"53340{version}", "a", AT, AT, STREAM, None, "toy"
        )
        fold_into(due_rows((DUTY, DETAILED)), found, recorded)
    return {key: row for key, row in found.items() if row is not None}


def test_an_event_makes_a_row_and_names_its_cause() -> None:
    assert rows(BORN) == {(STREAM, "TOY"): DueRow(STREAM, "TOY", date(2026, 5, 1), "533401", UUID(int=1), STREAM)}


def test_an_event_may_change_nothing_or_the_day() -> None:
    assert rows(BORN, sample(PersonDied)) == rows(BORN)
    assert rows(BORN, replace(sample(PersonDied), died_on=date(2026, 6, 1)))[STREAM, "TOY"] == DueRow(
        STREAM, "TOY", date(2026, 6, 1), "533402", UUID(int=2), STREAM
    )


def test_a_move_changes_the_division_alone_and_makes_no_row() -> None:
    (before,), (after,) = rows(BORN).values(), rows(BORN, sample(PersonMoved)).values()
    assert before is not None
    assert after == replace(before, division="533402")
    assert rows(sample(PersonMoved)) == {}


def test_an_end_removes_the_row_of_its_duty_alone() -> None:
    assert set(rows(BORN, sample(CertificateExpired), sample(CertificateIssued))) == {(STREAM, "EACH/CertificateExpired")}


def test_an_event_that_would_say_two_things_is_refused() -> None:
    with pytest.raises(TypeError, match="TOY"):
        replace(DUTY, until=(PersonMoved,))
