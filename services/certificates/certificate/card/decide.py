"""The life of an issued certificate (办法 arts 19 to 25): renewal, regrading, loss, transfer, freezing, cancellation. Pure.

Nobody but a clerk freezes or cancels: machines and lists propose, the holder or guardian is told first (except of a death, or of what he
asked for himself), and a cancellation can be revoked.
"""

from datetime import date

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
from services.certificates.policy.load import CertificatePolicy
from services.certificates.validity import WINDOWS
from services.domain.months import add_months
from services.kernel.errors import Malformed, Rejected

_ASKED_FOR = (
    vocabulary.CancellationReason.DEATH,
    vocabulary.CancellationReason.VOLUNTARY,
    vocabulary.CancellationReason.TRANSFERRED,
)


def decide(valid: states.Valid, command: commands.Command, policy: CertificatePolicy, today: date) -> list[object] | None:
    """The events of a step with an issued certificate; None when the command does not fit."""
    match command:
        case commands.Renew():
            return _renewed(valid, policy, today)
        case commands.Replace(reason):
            return _replaced(valid, reason, policy, today)
        case commands.ReportLost() if valid.lost_on is None:
            return [card_events.CertificateReportedLost(person_id=valid.file.person_id, reported_on=today)]
        case commands.Reissue() if valid.lost_on is not None:
            require_register(valid.file.division, policy, today)
            return [
                card_events.CertificateReissued(person_id=valid.file.person_id, suffix=valid.card.suffix + 1, reissued_on=today)
            ]
        case commands.TransferOut(to_division) if not valid.arriving:
            return _transferred(valid, to_division, policy, today)
        case commands.TransferIn() if valid.arriving:
            return [card_events.CertificateTransferredIn(person_id=valid.file.person_id, received_on=today)]
        case commands.Dispute() if valid.disputed is None:
            return disputed(valid.file.division, valid.level, valid.concluded_on, policy, today)
        case commands.DecideDispute(upheld) if valid.disputed is not None:
            again = [card_events.ReviewOpened(kind=vocabulary.ReviewKind.DISPUTE, opened_on=today)] if upheld else []
            return [decided(valid.disputed, upheld, today), *again]
    found = _reviewed(valid, command, policy, today)
    return _ending(valid, command, policy, today) if found is None else found


def _renewed(valid: states.Valid, policy: CertificatePolicy, today: date) -> list[object]:
    """A new period from the day of issue, inside the window around the old one's last day; with a new assessment where policy asks."""
    require_register(valid.file.division, policy, today)
    rule = policy.renewal.one("renewal", today, valid.file.division)
    if today < add_months(valid.card.valid_to, -rule.opens_months_before):
        raise Rejected("renewal_too_early", f"有效期至{valid.card.valid_to}，届满前{rule.opens_months_before}个月起可换领")
    if today > add_months(valid.card.valid_to, rule.closes_months_after):
        raise Rejected("renewal_too_late", f"有效期至{valid.card.valid_to}，逾期超过{rule.closes_months_after}个月，须重新申请")
    if valid.frozen:
        raise Rejected("certificate_frozen", "残疾人证已冻结，须先解冻")
    review = valid.review
    if review and review.conclusion is None:
        raise Rejected("review_running", "正在重新评定")
    if review and review.conclusion and review.conclusion != valid.card.conclusion:
        raise Rejected("regrade_instead", "重新评定的类别、等级与原证不同，应作变更")
    if rule.reassess and review is None:
        raise Rejected("review_missing", "本县换领须重新评定")
    until = last_day(valid.file.division, policy, today)
    return [card_events.CertificateRenewed(person_id=valid.file.person_id, valid_from=today, valid_to=until)]


def _replaced(valid: states.Valid, reason: vocabulary.ReplacementReason, policy: CertificatePolicy, today: date) -> list[object]:
    require_register(valid.file.division, policy, today)
    if reason is vocabulary.ReplacementReason.UNKNOWN:
        raise Malformed("reason_unknown", "换证原因不明")
    if valid.lost_on is not None:
        raise Rejected("certificate_lost", "残疾人证已挂失，应补办")
    return [card_events.CertificateReplaced(reason=reason, replaced_on=today)]


def _transferred(valid: states.Valid, to_division: str, policy: CertificatePolicy, today: date) -> list[object]:
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


def _reviewed(valid: states.Valid, command: commands.Command, policy: CertificatePolicy, today: date) -> list[object] | None:
    """Assessing a holder again: ordered, perhaps at home, concluded, then regraded, closed without change, or cancelled."""
    review = valid.review
    match command, review:
        case commands.OpenReview(kind), None if kind in (vocabulary.ReviewKind.RENEWAL, vocabulary.ReviewKind.REGRADE):
            return [card_events.ReviewOpened(kind=kind, opened_on=today)]
        case commands.OrderAssessment(), states.Review(order=None):
            return [ordered(valid.file.division, command, policy, today)]
        case commands.ScheduleVisit(into), states.Review(order=states.Order() as order, conclusion=None, not_met=False):
            return scheduled(valid.file.division, order, into, today)
        case commands.NoteMissed(reason), states.Review(order=states.Order() as order, conclusion=None, not_met=False):
            return missed(order, reason, today)
        case commands.CompleteAssessment(), states.Review(order=states.Order(), conclusion=None, not_met=False):
            return [concluded(command, today)]
        case commands.Regrade(), states.Review(conclusion=states.Conclusion() as said):
            return _regraded(valid, said, policy, today)
        case commands.CloseReview(), states.Review(conclusion=said, not_met=False) if said is None or said == valid.card.conclusion:
            return [card_events.ReviewClosed(kind=review.kind, closed_on=today)] if review else None
    return None


def _regraded(valid: states.Valid, said: states.Conclusion, policy: CertificatePolicy, today: date) -> list[object]:
    require_register(valid.file.division, policy, today)
    old = valid.card.conclusion
    if said == old:
        raise Rejected("nothing_to_regrade", "类别、等级没有变化")
    return [
        card_events.CertificateRegraded(
            person_id=valid.file.person_id,
            from_category=old.category,
            from_grade=old.grade,
            category=said.category,
            grade=said.grade,
            valid_from=today,
            valid_to=last_day(valid.file.division, policy, today),
            constituents=said.constituents,
        )
    ]


def _ending(valid: states.Valid, command: commands.Command, policy: CertificatePolicy, today: date) -> list[object] | None:
    person = valid.file.person_id
    match command:
        case commands.Propose(action, reason, source):
            return propose(valid, action, reason, source, today)
        case commands.Dismiss(reason) if valid.proposal is not None:
            return [card_events.CertificateActionDismissed(action=valid.proposal.action, reason=reason, dismissed_on=today)]
        case commands.TellHolder(action, way):
            return [card_events.HolderTold(action=_known(action), way=way, told_on=today)] if action not in valid.told else []
        case commands.Freeze(reason, evidence) if valid.frozen is None:
            if reason is vocabulary.FreezeReason.UNKNOWN:
                raise Malformed("reason_unknown", "冻结原因不明")
            _told_first(valid, vocabulary.ProposedAction.FREEZE)
            return [card_events.CertificateFrozen(person_id=person, reason=reason, evidence=evidence, frozen_on=today)]
        case commands.Unfreeze() if valid.frozen is not None:
            return [card_events.CertificateUnfrozen(person_id=person, unfrozen_on=today)]
        case commands.Cancel(reason, evidence):
            if reason is vocabulary.CancellationReason.UNKNOWN:
                raise Malformed("reason_unknown", "注销原因不明")
            if reason not in _ASKED_FOR:
                _told_first(valid, vocabulary.ProposedAction.CANCEL)
            return [card_events.CertificateCancelled(person_id=person, reason=reason, cancelled_on=today, evidence=evidence)]
    return None


def propose(
    valid: states.Valid, action: vocabulary.ProposedAction, reason: str, source: vocabulary.ProposalSource, today: date
) -> list[object]:
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


def revoked(ended: states.Ended, evidence: str, today: date) -> list[object]:
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
            owed=tuple(w for w in WINDOWS if (w, 1) not in card.noted),
            again_on=card.again_on,
            expiry_owed=not card.expired,
        )
    ]
