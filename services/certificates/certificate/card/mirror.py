"""Mirroring the national register (全国残疾人人口基础数据库): what its roster says of a card, and what differs from what is known. Pure.

Where a county mirrors, the roster is the only entry of numbers, dates and status. It freezes and cancels nothing here: it proposes,
also when it shows a card no more.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.certificates import vocabulary
from services.certificates.certificate import states
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.card.decide import propose
from services.certificates.policy.load import CertificatePolicy
from services.kernel.errors import Rejected


@dataclass(frozen=True, slots=True)
class Record:
    """What the national register's roster of day `as_of` says of this card. Frozen and cancelled there are proposals here."""

    person_id: UUID
    division: str
    category: vocabulary.Category
    grade: int
    valid_from: date
    valid_to: date
    as_of: date
    constituents: tuple[vocabulary.Constituent, ...] = ()
    frozen: bool = False
    cancelled: vocabulary.CancellationReason | None = None
    lost: bool = False


NOT_SHOWN = f"{vocabulary.ProposedAction.CANCEL}:{vocabulary.CancellationReason.NOT_ON_ROSTER}"  # as read models show the proposal


@dataclass(frozen=True, slots=True)
class Missing:
    """The complete roster of day `as_of` of the card's county does not show this card."""

    as_of: date


def missing(state: states.State, said: Missing, policy: CertificatePolicy, today: date) -> list[object]:
    """A proposal to cancel a card that an earlier roster showed; nothing for one that is newer than the roster, never was on one, is
    on its way to another place, or about which something is proposed already."""
    if not isinstance(state, states.Valid) or state.arriving or state.proposal is not None:
        return []
    if policy.registers(state.file.division, today):
        raise Rejected("county_keeps_register", "本县自行登记，名册只作比对，不作导入")
    card = state.card
    if card.as_of is None or card.as_of >= said.as_of or card.valid_from > said.as_of:
        return []
    return propose(
        state,
        vocabulary.ProposedAction.CANCEL,
        vocabulary.CancellationReason.NOT_ON_ROSTER,
        vocabulary.ProposalSource.ROSTER,
        today,
    )


def recorded(state: states.State, said: Record, policy: CertificatePolicy, today: date) -> list[object]:
    """What a roster of the national register says, as differences; nothing when it is known or older than what is known.

    Frozen or cancelled there is a proposal here, for a clerk to decide; lost there is lost here.
    """
    division = said.division if isinstance(state, states.Absent) else state.file.division  # type: ignore[union-attr]
    if policy.registers(division, today):
        raise Rejected("county_keeps_register", "本县自行登记，名册只作比对，不作导入")
    if isinstance(state, states.Ended):
        if said.cancelled is None:
            raise Rejected("certificate_cancelled", "名册显示有效，但本系统已注销，须核实后撤销注销")
        return []
    known = state if isinstance(state, states.Valid) else None
    if known and known.card.as_of and said.as_of < known.card.as_of:
        return []
    found: list[object] = []
    if known is None or _differs(known.card, said):
        new_period = known is None or (known.card.valid_from, known.card.valid_to) != (said.valid_from, said.valid_to)
        found.append(_record(said, division, new_period))
        known = (
            states.Valid(_file(state, said), states.Card(_conclusion(said), said.valid_from, said.valid_to))
            if known is None
            else known
        )
    if said.lost and known.lost_on is None:
        found.append(card_events.CertificateReportedLost(person_id=said.person_id, reported_on=today))
    if said.cancelled is not None:
        return found + propose(known, vocabulary.ProposedAction.CANCEL, said.cancelled, vocabulary.ProposalSource.ROSTER, today)
    if said.frozen:
        return found + propose(
            known, vocabulary.ProposedAction.FREEZE, vocabulary.FreezeReason.ROSTER, vocabulary.ProposalSource.ROSTER, today
        )
    return found


def _file(state: states.State, said: Record) -> states.File:
    blank = states.File(said.person_id, said.division, vocabulary.ApplicationChannel.UNKNOWN, said.as_of)
    return blank if isinstance(state, states.Absent) else replace(state.file, last_on=said.as_of)


def _conclusion(said: Record) -> states.Conclusion:
    return states.Conclusion(said.category, said.grade, said.constituents)


def _differs(card: states.Card, said: Record) -> bool:
    data = (card.conclusion.category, card.conclusion.grade, card.valid_from, card.valid_to)
    return data != (said.category, said.grade, said.valid_from, said.valid_to)


def _record(said: Record, division: str, new_period: bool) -> object:
    return card_events.CertificateRecorded(
        person_id=said.person_id,
        division=division,
        category=said.category,
        grade=said.grade,
        valid_from=said.valid_from,
        valid_to=said.valid_to,
        as_of=said.as_of,
        new_period=new_period,
        constituents=said.constituents,
    )
