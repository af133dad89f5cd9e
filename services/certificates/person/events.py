"""What the register says of persons, as pseudonyms: stream = person id."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.certificates.vocabulary import (
    ContactChoice,
    Detail,
    Language,
    PhoneOwner,
)
from services.kernel.events import event, message


@event
class PersonRegistered:
    """A person has a pseudonym. Identity stays in the audited person table; only what rules need travels."""

    birth_month: str  # "1980-01"
    division: str  # village (12 digits) of residence


@event
class GuardianNamed:
    """A guardian stands beside the person (监护人; compulsory for intellectual and mental disability and for minors)."""

    relationship: str  # code
    named_on: date


@event
class IdentityCorrected:
    """The citizen id was wrong; `link_id` names the correction. Both ids stand in the person table's history only."""

    link_id: UUID
    corrected_on: date


@event
class IdentityCorrectionReverted:
    """The correction was wrong: the earlier citizen id holds again."""

    link_id: UUID
    reverted_on: date


@event
class PersonDetailsCorrected:
    """更正 (个人信息保护法 art. 46): name, phone or address was wrong or has changed; which, never what."""

    link_id: UUID  # names the earlier values in the register's history
    fields: tuple[Detail, ...]
    corrected_on: date


@event
class PersonMoved:
    """The hukou moved to another village of the prefecture."""

    from_division: str
    to_division: str
    moved_on: date


@event
class PersonDeathReported:
    """A list or somebody says that the person died: a lead, nothing more."""

    source: str  # code of the list or office
    reported_on: date


@event
class PersonDied:
    """A clerk has confirmed the death."""

    died_on: date
    evidence: str  # code


@event
class PersonDeathCorrected:
    """The person lives: what was said of the death was wrong."""

    corrected_on: date
    evidence: str  # code


@event
class ContactChosen:
    """The person (or guardian) said how he wants to be reached, and in which language; outranks the rule by category."""

    choice: ContactChoice
    language: Language
    chosen_on: date


@event
class PhoneConfirmed:
    """An officer called or saw it: the number in the person table is this one's own. A changed number is unconfirmed again."""

    owner: PhoneOwner
    confirmed_on: date


@message
class PersonIndexState:
    """Blind index → person; key = the index (the first 128 bits of HMAC-SHA-256 over the normalised citizen id, as a UUID).

    The features lead to candidates where a list has no usable id: hashes by the same key, equal for equal things, that show nothing.
    """

    STATE_TOPIC: ClassVar[str] = "certificates.person_index.state.v1"
    person_id: UUID
    key_id: str
    name_feature: UUID | None = None  # of the name, its spellings folded; null where a character of it stands for another
    sound_features: tuple[UUID, ...] = ()  # of each two neighbouring characters of the name as they sound, sorted
    born_feature: UUID | None = None  # of the day of birth
    sequence_feature: UUID | None = None  # of the id's digits 15 to 17
    male: bool | None = None  # by the id


PersonEvent = (
    PersonRegistered
    | GuardianNamed
    | IdentityCorrected
    | IdentityCorrectionReverted
    | PersonDetailsCorrected
    | PersonMoved
    | PersonDeathReported
    | PersonDied
    | PersonDeathCorrected
    | ContactChosen
    | PhoneConfirmed
)
