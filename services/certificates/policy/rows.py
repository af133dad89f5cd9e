"""The register's policy rows as typed values: one class per table of `policy.toml`. Values only; `load.py` loads them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.certificates.validity import LastDay
from services.certificates.vocabulary import ContactWay


@dataclass(frozen=True, slots=True)
class Notice:
    """How many full working days a public notice stays up, the day it is put up not counted."""

    working_days: int


@dataclass(frozen=True, slots=True)
class Validity:
    """Length of a validity period in months, and which day is its last."""

    months: int
    last_day: LastDay


@dataclass(frozen=True, slots=True)
class Renewal:
    """The renewal window around the last valid day, in months (both ends belong to it), and whether the holder is assessed again."""

    opens_months_before: int
    closes_months_after: int
    reassess: bool


@dataclass(frozen=True, slots=True)
class Reapplication:
    """For how many months after a cancellation for this reason (the row's id) no new application is taken; no row: none."""

    months: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """Working days: until a home assessment is to be done, for the review after the notice, and for disputing a conclusion.

    `round_days_ahead`: how many days ahead a round may be planned; what lies further is a year that was mistyped.
    """

    home_working_days: int
    review_working_days: int
    dispute_working_days: int
    round_days_ahead: int


@dataclass(frozen=True, slots=True)
class Limit:
    """How many working days a stage of the procedure (the row's id, `spans.Stage`) may take; no row: nobody has set a limit."""

    working_days: int


@dataclass(frozen=True, slots=True)
class Reminders:
    """After how many days a card first seen in its last month is told of a second time."""

    second_after_days: int


@dataclass(frozen=True, slots=True)
class Expiry:
    """Whether the day after the last valid day proposes a freeze to the clerk; nothing is ever frozen by itself."""

    propose_freeze: bool


@dataclass(frozen=True, slots=True)
class Mode:
    """Whether a county keeps the register here (all steps), or mirrors the national one, whose roster is then the only entry."""

    register: bool


class StopMonth(StrEnum):
    """The first month without payment after a card has ended."""

    MONTH_AFTER = "MONTH_AFTER"  # the month of the last valid day is still paid
    EXPIRY_MONTH = "EXPIRY_MONTH"


@dataclass(frozen=True, slots=True)
class Stops:
    """From which month on the two subsidies stop when a card has ended and was not renewed."""

    first_month: StopMonth


@dataclass(frozen=True, slots=True)
class Queue:
    """The renewal queue: how many months ahead cards come into it, over how many months a loss is counted, and how many months older
    than the latest known one a payment may be and still count as running."""

    horizon_months: int
    loss_months: int
    stale_months: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many months the forecast shows, and how many persons the county's institutions can assess a month, planned rounds aside."""

    forecast_months: int
    assessments_per_month: int


@dataclass(frozen=True, slots=True)
class Purpose:
    """Which agencies may read identities for a purpose (the row's id)."""

    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How many persons one principal may ask for per minute and per request, how often a day it may meet an id that is registered elsewhere,
    and the smallest count that is shown."""

    persons_per_minute: int
    persons_per_request: int
    known_ids_per_day: int
    smallest_cell: int


@dataclass(frozen=True, slots=True)
class ContactRule:
    """How holders of a category (the row's id) are reached, and whether their guardian is told first."""

    way: ContactWay
    guardian: bool


@dataclass(frozen=True, slots=True)
class PhoneRule:
    """From how many persons on a number counts as shared: used, but no proof."""

    shared_from: int


@dataclass(frozen=True, slots=True)
class Intake:
    """How long a roster may be, which share of unusable rows makes all of it refused, and of which day the earliest can be.

    `max_missing_percent`: a roster that lacks a larger share of a county's known cards is taken for a part of one, and its silence
    proposes nothing; `shared_phone_rows`: a phone on as many rows is an official's and is not kept.
    """

    max_rows: int
    max_rejected_percent: int
    earliest: date
    max_missing_percent: int = 100
    shared_phone_rows: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Outreach:
    """For how long nobody asks a person again, or lists him: months after a refusal to apply (`declined`), after a conclusion that the
    standard is not met (`refused`), after an application or card given up at own wish (`own_wish`), after an ending (`closed`); days
    after nobody was found (`not_met`).
    """

    declined_months: int
    refused_months: int
    own_wish_months: int
    closed_months: int
    not_met_days: int


class Shown(StrEnum):
    """How much is shown. MASKED keeps the length (张**), HEAD only the first character (张某), ABSENT nothing."""

    FULL = "FULL"
    MASKED = "MASKED"
    HEAD = "HEAD"
    ABSENT = "ABSENT"


@dataclass(frozen=True, slots=True)
class Display:
    """What an agency (the row's id; OTHERS: every other one) sees of a person it may ask for. A citizen id is never FULL."""

    name: Shown
    citizen_id: Shown
    phone: Shown

    def __post_init__(self) -> None:
        if self.citizen_id not in (Shown.MASKED, Shown.ABSENT):
            raise ValueError("a citizen id is MASKED or ABSENT")
        if Shown.HEAD in (self.citizen_id, self.phone):
            raise ValueError("HEAD is for names only")


@dataclass(frozen=True, slots=True)
class Publication:
    """How the names of adults and of minors stand on a public notice."""

    adult: Shown
    minor: Shown


@dataclass(frozen=True, slots=True)
class Search:
    """Finding a person by name: least characters, most persons shown, from which likeness of sound (percent) a name is a candidate,
    and the shortest division (digits) inside which candidates are looked for."""

    min_characters: int
    most: int
    likeness_percent: int
    narrowest_digits: int
