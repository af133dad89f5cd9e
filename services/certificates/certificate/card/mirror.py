"""Mirroring the national register (全国残疾人人口基础数据库): what its roster says of a card, and what differs from what is known. Pure.

Where a county mirrors, the roster is the only entry of numbers, dates and status. It freezes and cancels nothing here: it proposes,
also when it shows a card no more.
"""

from dataclasses import replace
from datetime import date

from services.certificates import vocabulary
from services.certificates.certificate import commands, states
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.card.decide import propose
from services.certificates.certificate.events import Event
from services.certificates.policy.load import CertificatePolicy
from services.kernel.errors import Rejected

NOT_SHOWN = f"{vocabulary.ProposedAction.CANCEL}:{vocabulary.CancellationReason.NOT_ON_ROSTER}"  # as read models show the proposal


def missing(state: states.State, command: commands.Missing, policy: CertificatePolicy, today: date) -> list[Event]:
    """A proposal to cancel a card that an earlier roster showed; nothing for one that is newer than the roster, never was on one, is
    on its way to another place, or about which something is proposed already."""
    if not isinstance(state, states.Valid) or state.arriving or state.proposal is not None:
        return []
    if policy.registers(state.file.division, today):
        raise Rejected("county_keeps_register", "本县自行登记，名册只作比对，不作导入")
    card = state.card
    if card.as_of is None or card.as_of >= command.as_of or card.valid_from > command.as_of:
        return []
    return propose(
        state,
        vocabulary.ProposedAction.CANCEL,
        vocabulary.CancellationReason.NOT_ON_ROSTER,
        vocabulary.ProposalSource.ROSTER,
        today,
    )


def recorded(state: states.State, command: commands.Record, policy: CertificatePolicy, today: date) -> list[Event]:
    """What a roster of the national register says, as differences; nothing when it is known or older than what is known.

    Frozen or cancelled there is a proposal here, for a clerk to decide; lost there is lost here.
    """
    division = command.division if isinstance(state, states.Absent) else state.file.division
    if policy.registers(division, today):
        raise Rejected("county_keeps_register", "本县自行登记，名册只作比对，不作导入")
    if isinstance(state, states.Ended):
        if command.cancelled is None:
            raise Rejected("certificate_cancelled", "名册显示有效，但本系统已注销，须核实后撤销注销")
        return []
    known = state if isinstance(state, states.Valid) else None
    if known and known.card.as_of and command.as_of < known.card.as_of:
        return []
    found: list[Event] = []
    if known is None:
        found.append(_record(command, division, new_period=True))
        known = states.Valid(_file(state, command), states.Card(_conclusion(command), command.valid_from, command.valid_to))
    elif _differs(known.card, command):
        dates = (known.card.valid_from, known.card.valid_to)
        found.append(_record(command, division, new_period=dates != (command.valid_from, command.valid_to)))
    if command.lost and known.lost_on is None:
        found.append(card_events.CertificateReportedLost(person_id=command.person_id, reported_on=today))
    if command.cancelled is not None:
        return found + propose(known, vocabulary.ProposedAction.CANCEL, command.cancelled, vocabulary.ProposalSource.ROSTER, today)
    if command.frozen:
        return found + propose(
            known, vocabulary.ProposedAction.FREEZE, vocabulary.FreezeReason.ROSTER, vocabulary.ProposalSource.ROSTER, today
        )
    return found


def _file(state: states.State, command: commands.Record) -> states.File:
    blank = states.File(command.person_id, command.division, vocabulary.ApplicationChannel.UNKNOWN, command.as_of)
    return blank if isinstance(state, states.Absent) else replace(state.file, last_on=command.as_of)


def _conclusion(command: commands.Record) -> states.Conclusion:
    return states.Conclusion(command.category, command.grade, command.constituents)


def _differs(card: states.Card, command: commands.Record) -> bool:
    data = (card.conclusion.category, card.conclusion.grade, card.valid_from, card.valid_to)
    return data != (command.category, command.grade, command.valid_from, command.valid_to)


def _record(command: commands.Record, division: str, new_period: bool) -> Event:
    return card_events.CertificateRecorded(
        person_id=command.person_id,
        division=division,
        category=command.category,
        grade=command.grade,
        valid_from=command.valid_from,
        valid_to=command.valid_to,
        as_of=command.as_of,
        new_period=new_period,
        constituents=command.constituents,
    )
