"""What moves a reminder: what machines note of it, and the confirmation of somebody who knows the holder. Values only."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from services.notifications.reminder.events import Proof, StopReason


@dataclass(frozen=True, slots=True)
class Open:
    """The register says that a window has come (machine); the first rung is tried at once."""

    certificate_id: UUID
    person_id: UUID
    division: str
    valid_to: date
    window: str
    reminder: int


@dataclass(frozen=True, slots=True)
class NoteOutcome:
    """What the message to the person came to (machine): `arrived` on the handset, or not, for a reason (code)."""

    arrived: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NoteVisit:
    """What a visitor of a village reported to monitoring (machine): told in person, or not, for a reason (code).

    That the village which the card has left told nobody says nothing of the one where it is now.
    """

    told: bool
    village: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NoteReturned:
    """The office of this rung sent its notice back (machine), for a reason (code): the next one follows at once."""

    rung: str
    reason: str


@dataclass(frozen=True, slots=True)
class Climb:
    """The day of the rung under way has passed (machine)."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Somebody of an office that knows the holder says that holder or guardian knows, and how that is known.

    `AGENCIES`: the federation, the township, the village.
    """

    SCOPE: ClassVar[str] = "reminders.confirm"
    AGENCIES: ClassVar[frozenset[str]] = frozenset({"CL", "XZ", "CUN"})

    proof: Proof


@dataclass(frozen=True, slots=True)
class Stop:
    """The certificate was renewed or cancelled, or the holder died (machine)."""

    reason: StopReason


@dataclass(frozen=True, slots=True)
class Move:
    """The card went to another village (machine); what is settled goes along, so that its ledger stays in one place."""

    division: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """The certificate lapsed (machine)."""


Command = Open | NoteOutcome | NoteVisit | NoteReturned | Climb | Confirm | Stop | Move | Lapse
