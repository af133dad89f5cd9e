"""What the register's events mean for the reminders of a card: owed, owed no more, owed again, missed. Pure.

All of them are one reaction, so that what comes in one batch is done in its order. The card's row has seen the whole batch already: what
was asked for and is over by its end is not opened. Deciders answer what fits no more with nothing.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.certificates import vocabulary
from services.certificates.certificate.card import events as card_events
from services.certificates.person import events as person_events
from services.kernel.events import Recorded
from services.notifications.policy.load import NoticePolicy
from services.notifications.reminder.commands import Command, Lapse, Move, Open, Stop
from services.notifications.reminder.decider import REMINDER, reminder_id
from services.notifications.reminder.events import StopReason
from services.notifications.reminder.projection import CARDS, CardRow, asked, named

OWING = (
    *CARDS.keys,
    person_events.PersonDied,
    person_events.PersonDeathCorrected,
)  # all that moves a card's row, and what befalls its holder


def owe(recorded: Recorded, cards: Sequence[CardRow], _: NoticePolicy) -> Sequence[Any]:
    """The commands for the reminders of the event's card, or of the person's cards."""
    return [order for card in cards for order in _orders(recorded.event, card)]


def _orders(event: Any, card: CardRow) -> list[Any]:
    every = card.asked
    match event:
        case card_events.CertificateExpiryApproaching(valid_to=until):
            return _opened(card, [asked(event)]) if _ends(card, until) else []
        case (
            card_events.CertificateRenewed() | card_events.CertificateRegraded() | card_events.CertificateRecorded(new_period=True)
        ):
            former = [name for name in every if _until(name) != card.valid_to]
            return _each(card, former, Stop(StopReason.RENEWED))
        case card_events.CertificateCancelled(reason=reason):
            dead = reason is vocabulary.CancellationReason.DEATH
            return _each(card, every, Stop(StopReason.DEATH if dead else StopReason.CANCELLED))
        case person_events.PersonDied():
            return _each(card, every, Stop(StopReason.DEATH))
        case card_events.CertificateCancellationRevoked(valid_to=until):
            return _opened(card, [name for name in every if _until(name) == until])
        case person_events.PersonDeathCorrected():
            return _opened(card, [name for name in every if _ends(card, _until(name))])
        case card_events.CertificateTransferredOut():
            return _each(card, every, Move(card.division))
        case card_events.CertificateExpired(valid_to=until):
            return _each(card, [name for name in every if _until(name) == until], Lapse())
    return []


def _ends(card: CardRow, until: date) -> bool:
    """Whether this is the end that is near."""
    return card.valid_to == until and not card.cancelled


def _until(name: str) -> date:
    return named(name)[0]


def _opened(card: CardRow, names: Sequence[str]) -> list[Any]:
    return [_order(card, name, Open(card.certificate_id, card.person_id, card.division, *named(name))) for name in names]


def _each(card: CardRow, names: Sequence[str], command: Command) -> list[Any]:
    return [_order(card, name, command) for name in names]


def _order(card: CardRow, name: str, command: Command) -> Any:
    return REMINDER, reminder_id(card.certificate_id, *named(name)), command
