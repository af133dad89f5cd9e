"""The life of an issued certificate (办法 arts 19 to 25): renewal, regrading, loss, transfer, freezing, cancellation. Pure.

Nobody but a clerk freezes or cancels: machines and lists propose, the holder or guardian is told first (except of a death, or of what he
asked for himself), and a cancellation can be revoked.
"""

from datetime import date

from services.certificates import card_events as e
from services.certificates import commands as c
from services.certificates import states as s
from services.certificates import terms as t
from services.certificates.applying import concluded, decided, disputed, last_day, missed, ordered, require_register, scheduled
from services.certificates.policy import CertificatePolicy
from services.certificates.validity import WINDOWS
from services.domain.months import add_months
from services.kernel.errors import Malformed, Rejected

_ASKED_FOR = (t.CancellationReason.DEATH, t.CancellationReason.VOLUNTARY, t.CancellationReason.TRANSFERRED)


def decide(valid: s.Valid, command: c.Command, policy: CertificatePolicy, today: date) -> list[object] | None:
    """The events of a step with an issued certificate; None when the command does not fit."""
    match command:
        case c.Renew():
            return _renewed(valid, policy, today)
        case c.Replace(reason):
            return _replaced(valid, reason, policy, today)
        case c.ReportLost() if valid.lost_on is None:
            return [e.CertificateReportedLost(person_id=valid.file.person_id, reported_on=today)]
        case c.Reissue() if valid.lost_on is not None:
            require_register(valid.file.division, policy, today)
            return [e.CertificateReissued(person_id=valid.file.person_id, suffix=valid.card.suffix + 1, reissued_on=today)]
        case c.TransferOut(to_division) if not valid.arriving:
            return _transferred(valid, to_division, policy, today)
        case c.TransferIn() if valid.arriving:
            return [e.CertificateTransferredIn(person_id=valid.file.person_id, received_on=today)]
        case c.Dispute() if valid.disputed is None:
            return disputed(valid.file.division, valid.level, valid.concluded_on, policy, today)
        case c.DecideDispute(upheld) if valid.disputed is not None:
            again = [e.ReviewOpened(kind=t.ReviewKind.DISPUTE, opened_on=today)] if upheld else []
            return [decided(valid.disputed, upheld, today), *again]
    found = _reviewed(valid, command, policy, today)
    return _ending(valid, command, policy, today) if found is None else found


def _renewed(valid: s.Valid, policy: CertificatePolicy, today: date) -> list[object]:
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
    return [e.CertificateRenewed(person_id=valid.file.person_id, valid_from=today, valid_to=until)]


def _replaced(valid: s.Valid, reason: t.ReplacementReason, policy: CertificatePolicy, today: date) -> list[object]:
    require_register(valid.file.division, policy, today)
    if reason is t.ReplacementReason.UNKNOWN:
        raise Malformed("reason_unknown", "换证原因不明")
    if valid.lost_on is not None:
        raise Rejected("certificate_lost", "残疾人证已挂失，应补办")
    return [e.CertificateReplaced(reason=reason, replaced_on=today)]


def _transferred(valid: s.Valid, to_division: str, policy: CertificatePolicy, today: date) -> list[object]:
    """Within the prefecture; a card that leaves it is cancelled here as TRANSFERRED and issued there."""
    if policy.township(to_division, today) is None:
        raise Malformed("division_unknown", "行政区划代码应为现行统计用区划的12位村（社区）代码")
    if to_division == valid.file.division:
        raise Rejected("already_there", "残疾人证已在该村（社区）")
    return [
        e.CertificateTransferredOut(
            person_id=valid.file.person_id, from_division=valid.file.division, to_division=to_division, transferred_on=today
        )
    ]


def _reviewed(valid: s.Valid, command: c.Command, policy: CertificatePolicy, today: date) -> list[object] | None:
    """Assessing a holder again: ordered, perhaps at home, concluded, then regraded, closed without change, or cancelled."""
    review = valid.review
    match command, review:
        case c.OpenReview(kind), None if kind in (t.ReviewKind.RENEWAL, t.ReviewKind.REGRADE):
            return [e.ReviewOpened(kind=kind, opened_on=today)]
        case c.OrderAssessment(), s.Review(order=None):
            return [ordered(valid.file.division, command, policy, today)]
        case c.ScheduleVisit(into), s.Review(order=s.Order() as order, conclusion=None, not_met=False):
            return scheduled(valid.file.division, order, into, today)
        case c.NoteMissed(reason), s.Review(order=s.Order() as order, conclusion=None, not_met=False):
            return missed(order, reason, today)
        case c.CompleteAssessment(), s.Review(order=s.Order(), conclusion=None, not_met=False):
            return [concluded(command, today)]
        case c.Regrade(), s.Review(conclusion=s.Conclusion() as said):
            return _regraded(valid, said, policy, today)
        case c.CloseReview(), s.Review(conclusion=said, not_met=False) if said is None or said == valid.card.conclusion:
            return [e.ReviewClosed(kind=review.kind, closed_on=today)] if review else None
    return None


def _regraded(valid: s.Valid, said: s.Conclusion, policy: CertificatePolicy, today: date) -> list[object]:
    require_register(valid.file.division, policy, today)
    old = valid.card.conclusion
    if said == old:
        raise Rejected("nothing_to_regrade", "类别、等级没有变化")
    return [
        e.CertificateRegraded(
            person_id=valid.file.person_id, from_category=old.category, from_grade=old.grade, category=said.category,
            grade=said.grade, valid_from=today, valid_to=last_day(valid.file.division, policy, today),
            constituents=said.constituents,
        )
    ]  # fmt: skip


def _ending(valid: s.Valid, command: c.Command, policy: CertificatePolicy, today: date) -> list[object] | None:
    person = valid.file.person_id
    match command:
        case c.Propose(action, reason, source):
            return propose(valid, action, reason, source, today)
        case c.Dismiss(reason) if valid.proposal is not None:
            return [e.CertificateActionDismissed(action=valid.proposal.action, reason=reason, dismissed_on=today)]
        case c.TellHolder(action, way):
            return [e.HolderTold(action=_known(action), way=way, told_on=today)] if action not in valid.told else []
        case c.Freeze(reason, evidence) if valid.frozen is None:
            if reason is t.FreezeReason.UNKNOWN:
                raise Malformed("reason_unknown", "冻结原因不明")
            _told_first(valid, t.ProposedAction.FREEZE)
            return [e.CertificateFrozen(person_id=person, reason=reason, evidence=evidence, frozen_on=today)]
        case c.Unfreeze() if valid.frozen is not None:
            return [e.CertificateUnfrozen(person_id=person, unfrozen_on=today)]
        case c.Cancel(reason, evidence):
            if reason is t.CancellationReason.UNKNOWN:
                raise Malformed("reason_unknown", "注销原因不明")
            if reason not in _ASKED_FOR:
                _told_first(valid, t.ProposedAction.CANCEL)
            return [e.CertificateCancelled(person_id=person, reason=reason, cancelled_on=today, evidence=evidence)]
    return None


def propose(valid: s.Valid, action: t.ProposedAction, reason: str, source: t.ProposalSource, today: date) -> list[object]:
    """Nothing when the same is proposed or done already."""
    kind = t.FreezeReason if _known(action) is t.ProposedAction.FREEZE else t.CancellationReason
    if reason not in set(kind) - {kind.UNKNOWN}:
        raise Malformed("reason_unknown", "拟办理原因不明")
    if valid.proposal == s.Proposal(action, reason) or (action is t.ProposedAction.FREEZE and valid.frozen is not None):
        return []
    return [
        e.CertificateActionProposed(
            person_id=valid.file.person_id, action=action, reason=str(reason), source=source, proposed_on=today
        )
    ]


def _known(action: t.ProposedAction) -> t.ProposedAction:
    if action is t.ProposedAction.UNKNOWN:
        raise Malformed("action_unknown", "拟办理事项不明")
    return action


def _told_first(valid: s.Valid, action: t.ProposedAction) -> None:
    if action not in valid.told:
        raise Rejected("holder_not_told", "应先告知持证人或监护人")


def revoked(ended: s.Ended, evidence: str, today: date) -> list[object]:
    """A cancellation was wrong (for example a death that was none): number, dates and reminders hold again."""
    was, card = ended.was, ended.was.card
    return [
        e.CertificateCancellationRevoked(
            person_id=was.file.person_id, reason=ended.reason, evidence=evidence, valid_from=card.valid_from,
            valid_to=card.valid_to, revoked_on=today, owed=tuple(w for w in WINDOWS if (w, 1) not in card.noted),
            again_on=card.again_on, expiry_owed=not card.expired,
        )
    ]  # fmt: skip
