"""Through whom and how a holder is reached: what the register tells the service that reminds. Pure; knows no number's owner by name.

The category decides here and is told to nobody: voice for the visually impaired, text for the hearing impaired, the guardian for
minors and for intellectual and mental disability (policy rows). What a person chose outranks the rule by category. An adult is told
beside the guardian, unless it is recorded otherwise. A phone that many persons share is a cadre's: it is used, and proves nothing. A
landline takes no texts: it is called, and where a call is no use somebody goes there.
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.certificates.policy.load import CertificatePolicy
from services.certificates.vocabulary import Category, ContactChoice, ContactWay, Language, PhoneOwner
from services.domain import phones
from services.domain.months import add_months


@dataclass(frozen=True, slots=True)
class Phone:
    """A number, whether its owner confirmed it as his, how many persons of the register have it, and its index (`identity`)."""

    number: str = field(repr=False)
    confirmed: bool
    persons: int
    index: UUID


@dataclass(frozen=True, slots=True)
class Reachable:
    """What the register knows of a person, for this purpose."""

    person_id: UUID
    division: str
    born: date
    categories: frozenset[Category]
    phone: Phone | None
    guardian: Phone | None
    choice: ContactChoice | None
    language: Language
    dead: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to a person. `confirmed`: the owner said that it is his, so the message may say what it is about; `proves`: that it
    arrives may count as a proof; `case_only`: the person is under 14, and nothing but the number of the case may be said. `phone_id`:
    equal for equal numbers, whoever has them, so that who keeps no number can still count what one phone was told in a day.
    """

    way: ContactWay
    owner: PhoneOwner
    phone: str = field(repr=False)
    phone_id: UUID
    confirmed: bool
    proves: bool
    case_only: bool
    language: Language


def contacts(known: Reachable, policy: CertificatePolicy, today: date) -> list[Contact]:
    """The ways to a person, the first one first; none when somebody must go there."""
    if known.dead or known.choice is ContactChoice.VISIT:
        return []
    owners = _owners(known, policy, today)
    numbers = {PhoneOwner.HOLDER: known.phone, PhoneOwner.GUARDIAN: known.guardian}
    shared = policy.phones.one("phone", today, known.division).shared_from
    child = today < add_months(known.born, 14 * 12)
    return [
        Contact(
            way,
            owner,
            phone.number,
            phone.index,
            phone.confirmed and phone.persons < shared,
            phone.persons < shared,
            child,
            known.language,
        )
        for owner in owners
        if (phone := numbers[owner]) is not None and (way := _way(owner, phone.number, known, policy, today)) is not None
    ]


def _way(owner: PhoneOwner, number: str, known: Reachable, policy: CertificatePolicy, today: date) -> ContactWay | None:
    """Text or voice to this phone; None when neither serves. A guardian hears and sees; the way by category is the holder's."""
    ways = _holders_ways(known, policy, today) if owner is PhoneOwner.HOLDER else set()
    if ways == {ContactWay.VOICE}:
        return ContactWay.VOICE
    if phones.is_mobile(number):
        return ContactWay.TEXT
    return None if ContactWay.TEXT in ways else ContactWay.VOICE


def _holders_ways(known: Reachable, policy: CertificatePolicy, today: date) -> set[ContactWay]:
    """What the holder chose, or else all that his categories ask for; nothing: any way serves.

    Who can neither see nor hear is not reached by a phone's voice: text, which a device or a helper may turn into touch or signs.
    """
    if known.choice in (ContactChoice.TEXT, ContactChoice.VOICE):
        return {ContactWay(known.choice.value)}
    return {policy.contacts.one(category, today, known.division).way for category in known.categories} - {ContactWay.ANY}


def _owners(known: Reachable, policy: CertificatePolicy, today: date) -> list[PhoneOwner]:
    if known.choice is ContactChoice.GUARDIAN:
        return [PhoneOwner.GUARDIAN]
    if known.choice is not None:
        return [PhoneOwner.HOLDER]
    if today < add_months(known.born, 18 * 12):
        return [PhoneOwner.GUARDIAN]
    by_guardian = any(policy.contacts.one(category, today, known.division).guardian for category in known.categories)
    return [PhoneOwner.GUARDIAN, PhoneOwner.HOLDER] if by_guardian else [PhoneOwner.HOLDER]
