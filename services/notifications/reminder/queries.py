"""SELECTs over the reminder ledger. Row security confines them to the caller's division; nothing here filters for safety."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.domain.divisions import Level, inside, within
from services.domain.file_number import file_number
from services.kernel.events import Recorded
from services.kernel.projection import by_number
from services.notifications.reminder import events as reminder_events
from services.notifications.reminder.projection import CARDS, REMINDERS, CardRow, ReminderRow, ReminderState
from services.notifications.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reminders are asked for; None and "" = all. `overdue_on`: owed, and no rung but the last has time left on that day;
    `file_number`: the reminder's own or its card's."""

    state: ReminderState | None = None
    window: str | None = None
    division: str = ""
    certificate_id: UUID | None = None
    overdue_on: date | None = None
    file_number: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a reminder: when, what, by which office and person (pseudonym) or machine."""

    at: datetime
    what: str
    by: str
    rung: str | None
    reason: str | None
    proof: str | None
    answer_by: date | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a person: by which channel to whose phone (HOLDER, GUARDIAN), how often tried, what became of it and when; no number.

    `proves`: that it arrives may count, for few share the phone. `flagged`: sent again after a silence, it may have come twice.
    """

    channel: Channel
    owner: str
    proves: bool
    state: str
    reason: str | None
    attempt: int
    flagged: bool
    sent_on: date | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """A reminder and everything that happened to it, in order. `messages`: to the holder or guardian, for the federation alone."""

    reminder: ReminderRow
    trail: tuple[Step, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A card whose last day falls into a month, with its reminders. `ended`: LAPSED (also when it was renewed later), RENEWED,
    CANCELLED; None: neither yet."""

    certificate_id: UUID
    person_id: UUID
    division: str
    valid_to: date
    ended: str | None
    reminders: tuple[ReminderRow, ...]

    @property
    def reached(self) -> int:
        """How many of its reminders reached somebody."""
        return sum(each.state is ReminderState.REACHED for each in self.reminders)


@dataclass(frozen=True, slots=True)
class Short:
    """An office (township: 9 digits, village: 12) and its cards that lapsed with fewer than two reminders that reached somebody."""

    division: str
    lapsed: int
    short: int
    file_numbers: tuple[str, ...]  # of the certificates that are short


# Still owed; and no rung but the last has time left on `day`.
OPEN = "r.state IN ('OWED', 'ARRIVED')"
LATE = "(r.answer_by IS NULL OR r.answer_by < {day})"


async def reminders(conn: Any, wanted: Wanted, after: Any, limit: int) -> list[ReminderRow]:
    """Reminders, those whose card lapses first at the beginning; `after`: the place of the last one read."""
    until, last = after or (None, None)
    rows = await conn.fetch(
        f"""SELECT r.* FROM views.reminder r WHERE ($1::text IS NULL OR r.state = $1) AND ($2::text IS NULL OR r.expiry_window = $2)
                AND starts_with(r.division, $3) AND ($4::uuid IS NULL OR r.certificate_id = $4)
                AND ($5::date IS NULL OR ({OPEN} AND {LATE.format(day="$5")}))
                AND ($6::text IS NULL OR r.file_number = $6 OR r.card_number = $6)
                AND ($7::date IS NULL OR (r.valid_to, r.reminder_id) > ($7, $8))
            ORDER BY r.valid_to, r.reminder_id LIMIT $9""",  # noqa: S608
        wanted.state,
        wanted.window,
        wanted.division,
        wanted.certificate_id,
        wanted.overdue_on,
        wanted.file_number,
        until and date.fromisoformat(until),
        last and UUID(last),
        limit,
    )
    return [REMINDERS.from_record(r) for r in rows]


async def reminder(conn: Any, reminder_id: UUID) -> ReminderRow | None:
    """One reminder, or None."""
    return await REMINDERS.one(conn, reminder_id)


async def cards_of(conn: Any, division: str, since: date, until: date) -> list[Card]:
    """The cards whose last day lies from `since` to before `until`, with their reminders, by village and day."""
    rows = await conn.fetch(
        """SELECT r.*, CASE WHEN c.lapsed ? r.valid_to::text THEN 'LAPSED' WHEN c.valid_to IS DISTINCT FROM r.valid_to THEN 'RENEWED'
               WHEN c.cancelled THEN 'CANCELLED' END AS ended
           FROM views.reminder r JOIN views.reminded_card c USING (certificate_id)
           WHERE r.valid_to >= $2 AND r.valid_to < $3 AND starts_with(r.division, $1)
           ORDER BY r.division, r.valid_to, r.certificate_id, r.opened_on, r.expiry_window DESC, r.number""",
        division,
        since,
        until,
    )
    found: dict[tuple[UUID, date], Card] = {}
    for row in rows:
        owed, known = REMINDERS.from_record(row), found.get((row["certificate_id"], row["valid_to"]))
        before = known.reminders if known else ()
        card = Card(owed.certificate_id, owed.person_id, owed.division, owed.valid_to, row["ended"], (*before, owed))
        found[owed.certificate_id, owed.valid_to] = card
    return list(found.values())


def short_of(cards: Sequence[Card]) -> list[Short]:
    """Townships, each before its villages, with what lapsed and what of it was reached fewer than two times."""
    lapsed = [card for card in cards if card.ended == "LAPSED"]
    found = []
    for office in sorted({within(card.division, each) for card in lapsed for each in (Level.TOWNSHIP, Level.VILLAGE)}):
        mine = [card for card in lapsed if inside(card.division, office)]
        missing = tuple(file_number(card.certificate_id) for card in mine if card.reached < 2)
        if missing:
            found.append(Short(office, len(mine), len(missing), missing))
    return found


async def messages(conn: Any, reminder_ids: Sequence[UUID]) -> dict[UUID, list[Message]]:
    """What was sent to the persons, by reminder, in order; seen by the federation of where the card was when the try began."""
    rows = await conn.fetch(
        """SELECT d.stream_id, d.channel, p.owner, p.proves, d.state, d.reason, d.attempt, d.flagged, d.sent_on, d.settled_at
           FROM delivery d JOIN to_person p USING (delivery_id) WHERE d.stream_id = ANY($1::uuid[]) AND d.source = 'PERSON'
           ORDER BY d.seq""",
        list(reminder_ids),
    )
    found: dict[UUID, list[Message]] = {}
    for row in rows:
        found.setdefault(row["stream_id"], []).append(Message(Channel(row["channel"]), *list(row)[2:]))
    return found


def with_trail(row: ReminderRow, past: Sequence[Recorded], sent: Sequence[Message]) -> Told:
    """The row with its trail."""
    return Told(row, tuple(_step(recorded) for recorded in past), tuple(sent))


def _step(recorded: Recorded) -> Step:
    event = recorded.event
    return Step(
        at=recorded.occurred_at,
        what=type(event).__name__.removeprefix("Reminder").upper(),
        by=recorded.actor,
        rung=event.ladder[0] if isinstance(event, reminder_events.ReminderOpened) else getattr(event, "rung", None),
        reason=getattr(event, "reason", None),
        proof=getattr(event, "proof", None),
        answer_by=getattr(event, "answer_by", None),
    )


async def cards(conn: Any, events: Sequence[Recorded]) -> list[list[CardRow]]:
    """For each event of a card or person: the card, or the person's cards, that the register asked reminders for; one round trip."""
    rows = await conn.fetch(
        """WITH asked AS (SELECT * FROM unnest($1::uuid[]) WITH ORDINALITY AS u(id, n))
           SELECT n, c.* FROM asked JOIN views.reminded_card c ON c.certificate_id = id
           UNION ALL SELECT n, c.* FROM asked JOIN views.reminded_card c ON c.person_id = id ORDER BY n, certificate_id""",
        [r.stream_id for r in events],
    )
    return by_number(rows, CARDS, len(events))
