"""What the register's events mean for reminders: batches as they come, folded into cards, then decided in order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.certificates import vocabulary
from services.certificates.certificate.card import events as card_events
from services.certificates.person import events as person_events
from services.kernel.events import Recorded
from services.notifications.policy.load import POLICY
from services.notifications.reminder import decider
from services.notifications.reminder.due import CLIMB
from services.notifications.reminder.events import ReminderMoved
from services.notifications.reminder.projection import CARDS, REMINDERS, CardRow, ReminderState
from services.notifications.reminder.reactions import OWING, owe
from services.notifications.service import SERVICE
from tests.contract.golden import sample
from tests.notifications.reminder.reminding import OPENED, REACHED
from tests.notifications.samples import VILLAGE, recorded
from tests.spec import context

CARD, HOLDER, ELSEWHERE = UUID(int=2), UUID(int=4), "533422101001"
UNTIL, NEXT, DAY = date(2026, 8, 28), date(2036, 3, 1), date(2026, 3, 2)
WINDOW = vocabulary.ExpiryWindow
SIX = card_events.CertificateExpiryApproaching(person_id=HOLDER, valid_to=UNTIL, window=WINDOW.SIX_MONTHS)
ONE = replace(SIX, window=WINDOW.ONE_MONTH)
AGAIN = replace(ONE, reminder=2)
RENEWED = card_events.CertificateRenewed(person_id=HOLDER, valid_from=DAY, valid_to=NEXT)
REGRADED = replace(sample(card_events.CertificateRegraded), person_id=HOLDER, valid_to=NEXT)
RECORDED = replace(sample(card_events.CertificateRecorded), person_id=HOLDER, valid_to=NEXT, new_period=True)
CANCELLED = card_events.CertificateCancelled(person_id=HOLDER, reason=vocabulary.CancellationReason.VOLUNTARY, cancelled_on=DAY)
DEAD = replace(CANCELLED, reason=vocabulary.CancellationReason.DEATH)
REVOKED = card_events.CertificateCancellationRevoked(
    person_id=HOLDER,
    reason=vocabulary.CancellationReason.DEATH,
    evidence="alive",
    valid_from=date(2016, 8, 29),
    valid_to=UNTIL,
    revoked_on=DAY,
    owed=(),
    again_on=None,
    expiry_owed=True,
)
LAPSED = card_events.CertificateExpired(person_id=HOLDER, valid_to=UNTIL)
OUT = card_events.CertificateTransferredOut(person_id=HOLDER, from_division=VILLAGE, to_division=ELSEWHERE, transferred_on=DAY)
DIED = person_events.PersonDied(died_on=DAY, evidence="certificate")
LIVES = person_events.PersonDeathCorrected(corrected_on=DAY, evidence="alive")
PERSONAL = (person_events.PersonDied, person_events.PersonDeathCorrected)


class Ledger:
    """The reminders of one card, moved by batches as the worker moves them."""

    def __init__(self) -> None:
        self.card: CardRow | None = None
        self.streams: dict[UUID, list[Any]] = {}
        self.version, self.day = 0, DAY

    def batch(self, *events: Any) -> "Ledger":
        """Events that arrive together: the projection first, then the reaction to each with the card as it is after all of them."""
        arrived = [self._recorded(event) for event in events]
        for each in arrived:
            if type(each.event) in CARDS.keys:
                self.card = CARDS.evolve((CARD,), self.card, each)
        orders = [order for each in arrived for order in owe(each, [self.card] if self.card else [], POLICY)]
        for _, stream, command in orders:
            past = self.streams.setdefault(stream, [])
            past += decider.decide(decider.REMINDER.fold(past), command, POLICY, context(self.day, "machine:notifications.owe"))
        return self

    def _recorded(self, event: Any) -> Recorded:
        self.version += 1
        stream = HOLDER if isinstance(event, PERSONAL) else CARD
        moved = isinstance(event, card_events.CertificateTransferredOut) or (
            self.card is not None and self.card.division == ELSEWHERE
        )
        return replace(recorded(event, ELSEWHERE if moved else VILLAGE), stream_id=stream, version=self.version)

    def told(self) -> list[str]:
        """Every reminder with its last word."""
        names = {
            decider.reminder_id(CARD, e.valid_to, e.window.value, e.reminder): f"{e.window.value}/{e.reminder}"
            for e in (SIX, ONE, AGAIN)
        }
        return [f"{names[stream]} {_state(past)}" for stream, past in self.streams.items() if past]


def _state(past: Sequence[Any]) -> str:
    row: Any = None
    for version, event in enumerate(past, 1):
        row = REMINDERS.evolve((CARD,), row, replace(recorded(event), version=version))
    assert isinstance(row.state, ReminderState)
    return " ".join(x for x in (row.state.value, row.stopped_for if row.state is ReminderState.STOPPED else None) if x)


OWED = "SIX_MONTHS/1 OWED"


@pytest.mark.parametrize(
    ("batches", "told"),
    [
        ([[SIX]], [OWED]),
        ([[SIX], [SIX]], [OWED]),
        ([[SIX, ONE]], [OWED, "ONE_MONTH/1 OWED"]),
        ([[ONE], [AGAIN]], ["ONE_MONTH/1 OWED", "ONE_MONTH/2 OWED"]),
        ([[SIX], [RENEWED]], ["SIX_MONTHS/1 STOPPED RENEWED"]),
        ([[SIX], [REGRADED]], ["SIX_MONTHS/1 STOPPED RENEWED"]),
        ([[SIX], [RECORDED]], ["SIX_MONTHS/1 STOPPED RENEWED"]),
        ([[SIX], [replace(RECORDED, new_period=False)]], [OWED]),
        ([[SIX], [CANCELLED]], ["SIX_MONTHS/1 STOPPED CANCELLED"]),
        ([[SIX], [DEAD]], ["SIX_MONTHS/1 STOPPED DEATH"]),
        ([[SIX, ONE], [DIED]], ["SIX_MONTHS/1 STOPPED DEATH", "ONE_MONTH/1 STOPPED DEATH"]),
        ([[SIX], [LAPSED]], ["SIX_MONTHS/1 MISSED"]),
        ([[SIX], [LAPSED], [RENEWED]], ["SIX_MONTHS/1 MISSED"]),
    ],
)
def test_a_window_opens_and_the_end_of_its_matter_ends_it(batches: list[list[Any]], told: list[str]) -> None:
    ledger = Ledger()
    for batch in batches:
        ledger.batch(*batch)
    assert ledger.told() == told


@pytest.mark.parametrize("over", [RENEWED, REGRADED, RECORDED, CANCELLED, DEAD])
def test_what_is_over_when_its_window_arrives_is_not_opened(over: Any) -> None:
    assert Ledger().batch(SIX, over).told() == []


@pytest.mark.parametrize(
    "batches",
    [
        [[SIX], [DIED], [DEAD], [LIVES], [REVOKED]],
        [[SIX], [DEAD, REVOKED], [DIED], [LIVES]],  # the card's partition is ahead of the person's
        [[SIX], [DIED, LIVES], [DEAD, REVOKED]],  # and behind it
        [[SIX, DEAD, REVOKED]],
        [[SIX], [DEAD, REVOKED, DIED, LIVES]],
        [[SIX], [DIED], [DEAD], [REVOKED, LIVES]],
    ],
)
def test_who_was_wrongly_called_dead_is_owed_his_reminder_again_in_whatever_order_it_is_heard(batches: list[list[Any]]) -> None:
    ledger = Ledger()
    for batch in batches:
        ledger.batch(*batch)
    assert ledger.told() == [OWED]


def test_a_death_corrected_brings_back_nothing_of_a_card_that_is_still_cancelled_or_of_a_former_period() -> None:
    assert Ledger().batch(SIX).batch(CANCELLED).batch(DIED, LIVES).told() == ["SIX_MONTHS/1 STOPPED CANCELLED"]
    assert Ledger().batch(SIX).batch(RENEWED).batch(DIED, LIVES).told() == ["SIX_MONTHS/1 STOPPED RENEWED"]
    revoked = replace(REVOKED, valid_to=NEXT)
    assert Ledger().batch(SIX).batch(RENEWED).batch(CANCELLED, revoked).told() == ["SIX_MONTHS/1 STOPPED RENEWED"]


def test_a_card_of_the_national_register_that_comes_back_after_a_cancellation_is_owed_its_reminders() -> None:
    back = replace(RECORDED, valid_to=UNTIL)
    assert Ledger().batch(SIX).batch(CANCELLED).batch(back).told() == ["SIX_MONTHS/1 STOPPED CANCELLED"]
    assert Ledger().batch(SIX).batch(CANCELLED).batch(back).batch(SIX).told() == [OWED]


def test_a_card_that_moves_takes_all_its_reminders_along() -> None:
    ledger = Ledger().batch(SIX).batch(ONE).batch(OUT)
    assert {decider.REMINDER.division(decider.REMINDER.fold(past)) for past in ledger.streams.values()} == {ELSEWHERE}
    assert ledger.told() == [OWED, "ONE_MONTH/1 OWED"]
    assert ledger.batch(AGAIN).told()[-1] == "ONE_MONTH/2 OWED"


def test_the_day_on_which_a_rung_ends_moves_along_and_goes_with_the_end() -> None:
    stream, due, rows = UUID(int=9), None, SERVICE.projection("due")
    opened, tried = OPENED
    moved = ReminderMoved(from_division=VILLAGE, to_division=ELSEWHERE, moved_on=DAY)
    found = []
    for version, (event, division) in enumerate([(tried, VILLAGE), (moved, ELSEWHERE), (REACHED, ELSEWHERE)], 1):
        due = rows.evolve((stream, CLIMB), due, replace(recorded(event, division), stream_id=stream, version=version))
        found.append((due.due_on, due.division) if due else None)
    assert found == [(date(2026, 3, 17), VILLAGE), (date(2026, 3, 17), ELSEWHERE), None]
    assert type(opened) not in rows.keys


def test_a_card_that_nobody_was_asked_to_remind_of_leaves_no_row() -> None:
    for event in (RENEWED, REGRADED, RECORDED, CANCELLED, REVOKED, LAPSED, OUT):
        assert CARDS.evolve((CARD,), None, recorded(event)) is None


def test_every_event_that_a_card_follows_is_reacted_to() -> None:
    assert set(OWING) == {*CARDS.keys, *PERSONAL}
