"""The life of an issued certificate (办法 arts 19 to 25): renewal, regrading, loss, transfer, freezing, cancellation. Pure.

Nobody but a clerk freezes or cancels: machines and lists propose, the holder or guardian is told first (except of a death, or of what he
asked for himself), and a cancellation can be revoked.
"""

from datetime import date
from typing import assert_never

from services.certificates import vocabulary
from services.certificates.certificate import commands, states
from services.certificates.certificate.application.decide import (
    concluded,
    decided,
    disputed,
    last_day,
    missed,
    ordered,
    require_register,
    scheduled,
)
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.card.renew import renewed
from services.certificates.certificate.events import Event
from services.certificates.policy.load import CertificatePolicy
from services.certificates.validity import WINDOWS
from services.kernel.errors import Malformed, Rejected

_ASKED_FOR = (
    vocabulary.CancellationReason.DEATH,
    vocabulary.CancellationReason.VOLUNTARY,
    vocabulary.CancellationReason.TRANSFERRED,
)


Holding = commands.Card | commands.Assessment


def decide(valid: states.Valid, command: Holding, policy: CertificatePolicy, today: date) -> list[Event] | None:
    """The events of a step with an issued certificate; None when the command does not fit."""
    match command:
        case commands.Renew():
            return renewed(valid, policy, today)
        case commands.Replace(reason):
            return _replaced(valid, reason, policy, today)
        case commands.ReportLost():
            known = valid.lost_on is not None
            return None if known else [card_events.CertificateReportedLost(person_id=valid.file.person_id, reported_on=today)]
        case commands.Reissue():
            return _reissued(valid, policy, today) if valid.lost_on is not None else None
        case commands.TransferOut(to_division):
            return None if valid.arriving else _transferred(valid, to_division, policy, today)
        case commands.TransferIn():
            arrived = card_events.CertificateTransferredIn(person_id=valid.file.person_id, received_on=today)
            return [arrived] if valid.arriving else None
        case commands.Dispute() | commands.DecideDispute():
            return _disputed(valid, command, policy, today)
        case commands.OpenReview(kind):
            opens = valid.review is None and kind in (vocabulary.ReviewKind.RENEWAL, vocabulary.ReviewKind.REGRADE)
            return [card_events.ReviewOpened(kind=kind, opened_on=today)] if opens else None
        case (
            commands.OrderAssessment()
            | commands.ScheduleVisit()
            | commands.NoteMissed()
            | commands.CompleteAssessment()
            | commands.Regrade()
            | commands.CloseReview()
        ):
            return _reviewed(valid, valid.review, command, policy, today) if valid.review else None
        case commands.Propose() | commands.Dismiss() | commands.TellHolder():
            return _proposed(valid, command, today)
        case commands.Freeze() | commands.Unfreeze() | commands.Cancel():
            return _ended(valid, command, today)
        case _:
            assert_never(command)


def _replaced(valid: states.Valid, reason: vocabulary.ReplacementReason, policy: CertificatePolicy, today: date) -> list[Event]:
    require_register(valid.file.division, policy, today)
    if reason is vocabulary.ReplacementReason.UNKNOWN:
        raise Malformed("reason_unknown", "换证原因不明")
    if valid.lost_on is not None:
        raise Rejected("certificate_lost", "残疾人证已挂失，应补办")
    return [card_events.CertificateReplaced(reason=reason, replaced_on=today)]


def _reissued(valid: states.Valid, policy: CertificatePolicy, today: date) -> list[Event]:
    require_register(valid.file.division, policy, today)
    suffix = valid.card.suffix + 1
    return [card_events.CertificateReissued(person_id=valid.file.person_id, suffix=suffix, reissued_on=today)]


def _disputed(
    valid: states.Valid, command: commands.Dispute | commands.DecideDispute, policy: CertificatePolicy, today: date
) -> list[Event] | None:
    """One dispute at a time about the conclusion; when it is upheld, the holder is assessed again."""
    match command:
        case commands.Dispute():
            if valid.disputed is not None:
                return None
            return disputed(valid.file.division, valid.level, valid.concluded_on, policy, today)
        case commands.DecideDispute(upheld):
            if valid.disputed is None:
                return None
            decision = decided(valid.disputed, upheld, today)
            again = card_events.ReviewOpened(kind=vocabulary.ReviewKind.DISPUTE, opened_on=today)
            return [decision, again] if upheld else [decision]
        case _:
            assert_never(command)


def _transferred(valid: states.Valid, to_division: str, policy: CertificatePolicy, today: date) -> list[Event]:
    """Within the prefecture; a card that leaves it is cancelled here as TRANSFERRED and issued there."""
    if policy.township(to_division, today) is None:
        raise Malformed("division_unknown", "行政区划代码应为现行统计用区划的12位村（社区）代码")
    if to_division == valid.file.division:
        raise Rejected("already_there", "残疾人证已在该村（社区）")
    return [
        card_events.CertificateTransferredOut(
            person_id=valid.file.person_id, from_division=valid.file.division, to_division=to_division, transferred_on=today
        )
    ]


Reviewing = (
    commands.OrderAssessment
    | commands.ScheduleVisit
    | commands.NoteMissed
    | commands.CompleteAssessment
    | commands.Regrade
    | commands.CloseReview
)


def _reviewed(
    valid: states.Valid, review: states.Review, command: Reviewing, policy: CertificatePolicy, today: date
) -> list[Event] | None:
    """Assessing a holder again: ordered, perhaps at home, concluded, then regraded, closed without change, or cancelled."""
    order, conclusion = review.order, review.conclusion
    waits = conclusion is None and not review.not_met
    match command:
        case commands.OrderAssessment():
            return [ordered(valid.file, command, policy, today)] if order is None else None
        case commands.ScheduleVisit(into):
            return scheduled(valid.file.division, order, into, today) if order and waits else None
        case commands.NoteMissed(reason):
            return missed(order, reason, today) if order and waits else None
        case commands.CompleteAssessment():
            return [concluded(command, today)] if order and waits else None
        case commands.Regrade():
            return _regraded(valid, conclusion, policy, today) if conclusion else None
        case commands.CloseReview():
            unchanged = not review.not_met and conclusion in (None, valid.card.conclusion)
            return [card_events.ReviewClosed(kind=review.kind, closed_on=today)] if unchanged else None
        case _:
            assert_never(command)


def _regraded(valid: states.Valid, conclusion: states.Conclusion, policy: CertificatePolicy, today: date) -> list[Event]:
    require_register(valid.file.division, policy, today)
    old = valid.card.conclusion
    if conclusion == old:
        raise Rejected("nothing_to_regrade", "类别、等级没有变化")
    return [
        card_events.CertificateRegraded(
            person_id=valid.file.person_id,
            from_category=old.category,
            from_grade=old.grade,
            category=conclusion.category,
            grade=conclusion.grade,
            valid_from=today,
            valid_to=last_day(valid.file.division, policy, today),
            constituents=conclusion.constituents,
        )
    ]


Proposing = commands.Propose | commands.Dismiss | commands.TellHolder


def _proposed(valid: states.Valid, command: Proposing, today: date) -> list[Event] | None:
    match command:
        case commands.Propose(action, reason, source):
            return propose(valid, action, reason, source, today)
        case commands.Dismiss(reason):
            if valid.proposal is None:
                return None
            return [card_events.CertificateActionDismissed(action=valid.proposal.action, reason=reason, dismissed_on=today)]
        case commands.TellHolder(action, way):
            return [card_events.HolderTold(action=_known(action), way=way, told_on=today)] if action not in valid.told else []
        case _:
            assert_never(command)


Ending = commands.Freeze | commands.Unfreeze | commands.Cancel


def _ended(valid: states.Valid, command: Ending, today: date) -> list[Event] | None:
    person = valid.file.person_id
    match command:
        case commands.Freeze(reason, evidence):
            if valid.frozen is not None:
                return None
            if reason is vocabulary.FreezeReason.UNKNOWN:
                raise Malformed("reason_unknown", "冻结原因不明")
            _told_first(valid, vocabulary.ProposedAction.FREEZE)
            return [card_events.CertificateFrozen(person_id=person, reason=reason, evidence=evidence, frozen_on=today)]
        case commands.Unfreeze():
            frozen = valid.frozen is not None
            return [card_events.CertificateUnfrozen(person_id=person, unfrozen_on=today)] if frozen else None
        case commands.Cancel(reason, evidence):
            if reason is vocabulary.CancellationReason.UNKNOWN:
                raise Malformed("reason_unknown", "注销原因不明")
            if reason not in _ASKED_FOR:
                _told_first(valid, vocabulary.ProposedAction.CANCEL)
            return [card_events.CertificateCancelled(person_id=person, reason=reason, cancelled_on=today, evidence=evidence)]
        case _:
            assert_never(command)


def propose(
    valid: states.Valid, action: vocabulary.ProposedAction, reason: str, source: vocabulary.ProposalSource, today: date
) -> list[Event]:
    """Nothing when the same is proposed or done already."""
    kind = vocabulary.FreezeReason if _known(action) is vocabulary.ProposedAction.FREEZE else vocabulary.CancellationReason
    if reason not in set(kind) - {kind.UNKNOWN}:
        raise Malformed("reason_unknown", "拟办理原因不明")
    if valid.proposal == states.Proposal(action, reason) or (
        action is vocabulary.ProposedAction.FREEZE and valid.frozen is not None
    ):
        return []
    return [
        card_events.CertificateActionProposed(
            person_id=valid.file.person_id, action=action, reason=str(reason), source=source, proposed_on=today
        )
    ]


def _known(action: vocabulary.ProposedAction) -> vocabulary.ProposedAction:
    if action is vocabulary.ProposedAction.UNKNOWN:
        raise Malformed("action_unknown", "拟办理事项不明")
    return action


def _told_first(valid: states.Valid, action: vocabulary.ProposedAction) -> None:
    if action not in valid.told:
        raise Rejected("holder_not_told", "应先告知持证人或监护人")


def revoked(ended: states.Ended, evidence: str, today: date) -> list[Event]:
    """A cancellation was wrong (for example a death that was none): number, dates and reminders hold again."""
    was, card = ended.was, ended.was.card
    return [
        card_events.CertificateCancellationRevoked(
            person_id=was.file.person_id,
            reason=ended.reason,
            evidence=evidence,
            valid_from=card.valid_from,
            valid_to=card.valid_to,
            revoked_on=today,
            owed=tuple(window for window in WINDOWS if (window, 1) not in card.noted),
            again_on=card.again_on,
            expiry_owed=not card.expired,
        )
    ]
