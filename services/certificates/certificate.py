"""A certificate from application to cancellation: stream = certificate id. Who may do what when, and what it leads to.

Nothing here freezes, cancels or computes a grade: the machine only notes that an expiry comes near or has passed.
"""

from dataclasses import replace
from datetime import date
from typing import Any, assert_never
from uuid import UUID

from services.certificates import events as e
from services.certificates.application import (
    Absent,
    Accept,
    Accepted,
    Applied,
    Apply,
    Assessed,
    Cancel,
    CloseNotice,
    Command,
    CompleteAssessment,
    Conclusion,
    Contested,
    Ended,
    File,
    InAssessment,
    InNotice,
    Issue,
    NoteExpired,
    NoteExpiryApproaching,
    NoticeClosed,
    NotMet,
    OrderAssessment,
    Refuse,
    Refused,
    Renew,
    Resubmit,
    Return,
    Returned,
    StartNotice,
    State,
    Valid,
)
from services.certificates.policy import CertificatePolicy
from services.certificates.validity import add_months, expired_from, inside, last_valid_day
from services.kernel.decider import Decider
from services.kernel.errors import Malformed, NotFound, Rejected
from services.kernel.events import Context

CertificateEvent = (
    e.CertificateApplicationSubmitted
    | e.CertificateApplicationAccepted
    | e.CertificateApplicationReturned
    | e.CertificateApplicationRefused
    | e.AssessmentOrdered
    | e.AssessmentCompleted
    | e.PublicNoticeStarted
    | e.PublicNoticeClosed
    | e.CertificateIssued
    | e.CertificateExpiryApproaching
    | e.CertificateExpired
    | e.CertificateRenewed
    | e.CertificateCancelled
)
NOT_MET = "standard_not_met"
# What stands in the way when a command does not fit the state: code, and a sentence for the clerk.
_IN_THE_WAY: dict[type, tuple[str, str]] = {
    Applied: ("application_not_accepted", "申请尚未受理"),
    Returned: ("application_returned", "申请已退回补正，待重新提交"),
    Accepted: ("assessment_not_ordered", "申请已受理，尚未转介评定"),
    InAssessment: ("assessment_running", "正在评定"),
    Assessed: ("notice_not_started", "已评定，尚未公示"),
    NotMet: (NOT_MET, "评定结论不符合残疾标准，只能作不予办理"),
    InNotice: ("notice_running", "正在公示"),
    NoticeClosed: ("notice_closed", "公示已结束"),
    Contested: ("objections_open", "公示有异议，须重新评定、重新公示或作不予办理"),
    Valid: ("certificate_issued", "残疾人证已核发"),
    Refused: ("application_refused", "申请已作不予办理"),
    Ended: ("certificate_cancelled", "残疾人证已注销"),
}


def decide(state: State, command: Command, policy: CertificatePolicy, context: Context) -> list[CertificateEvent]:
    """The events a command leads to. Raises `Rejected`, or `NotFound` for a certificate nobody applied for."""
    today = context.today
    match state, command:
        case _, NoteExpiryApproaching() | NoteExpired():
            return _noted(state, command, today)
        case Absent(), Apply():
            return _apply(command, policy, today)
        case Absent(), _:
            raise NotFound("certificate_unknown", "没有这份申请或残疾人证")
        case _ if today < _last_on(state):
            raise Rejected("earlier_than_last_step", "办理日期早于上一环节的日期")
        case Applied(), Accept():
            return [e.CertificateApplicationAccepted(accepted_on=today)]
        case Applied(), Return(missing):
            return [e.CertificateApplicationReturned(returned_on=today, missing=missing)]
        case Returned(file), Resubmit():
            return [_submitted(file.person_id, file.division, file.channel, today)]
        case Accepted() | Contested(), OrderAssessment(institution):
            return [e.AssessmentOrdered(institution=institution, ordered_on=today)]
        case InAssessment(), CompleteAssessment() as conclusion:
            return _concluded(conclusion, today)
        case Assessed(file) | Contested(file), StartNotice():
            return _notice(file.division, policy, today)
        case InNotice() as notice, CloseNotice(objections):
            return _taken_down(notice, objections, today)
        case NoticeClosed() as closed, Issue():
            return _issued(closed, policy, today)
        case Valid() as valid, Renew():
            return _renewed(valid, policy, today)
        case Valid(file), Cancel(reason):
            return _cancelled(file, reason, today)
        case Applied() | Returned() | Accepted() | InAssessment() | Assessed() | NotMet() | NoticeClosed() | Contested(), Refuse(
            why
        ):
            return _refused(isinstance(state, NotMet), why, today)
    raise Rejected(*_IN_THE_WAY[type(state)])


def _last_on(state: State) -> date:
    """The day of the last step: were the next one dated before it, a clock would be wrong and the record false."""
    return date.min if isinstance(state, Absent) else state.file.last_on


def _submitted(person_id: UUID, division: str, channel: e.ApplicationChannel, today: date) -> e.CertificateApplicationSubmitted:
    return e.CertificateApplicationSubmitted(person_id=person_id, division=division, channel=channel, applied_on=today)


def _apply(asked: Apply, policy: CertificatePolicy, today: date) -> list[CertificateEvent]:
    """Voluntary, once at a time, in the village of the hukou (办法 arts 3, 9), not during a ban (art. 24)."""
    if asked.channel is e.ApplicationChannel.UNKNOWN:
        raise Malformed("channel_unknown", "申请渠道不明")
    if policy.township(asked.division, today) is None:
        raise Malformed("division_unknown", "行政区划代码应为现行统计用区划的12位村（社区）代码")
    standing, ban = asked.standing, policy.reapplication.one("ban", today, asked.division)
    if any(reason is e.CancellationReason.DEATH for reason, _ in standing.cancelled):
        raise Rejected("person_dead", "此人已登记死亡")
    grace = policy.renewal.one("renewal", today, asked.division).closes_months_after
    if standing.applying or (standing.holds_until and today <= add_months(standing.holds_until, grace)):
        raise Rejected("application_open", "此人已有在办申请或可换领的残疾人证")
    if any(reason in ban.reasons and today < add_months(on, ban.months) for reason, on in standing.cancelled):
        raise Rejected("barred_after_cancellation", f"注销后{ban.months}个月内不得再次申请")
    return [_submitted(asked.person_id, asked.division, asked.channel, today)]


def _concluded(said: CompleteAssessment, today: date) -> list[CertificateEvent]:
    """Category and grade belong to a conclusion that meets the standard, and only to such a one."""
    category, grade = said.category, said.grade
    if said.meets_standard:
        if category in (None, e.Category.UNKNOWN) or grade is None or not 1 <= grade <= 4:
            raise Malformed("conclusion_incomplete", "符合标准的结论须有残疾类别和一至四级的等级")
    elif category is not None or grade is not None:
        raise Malformed("conclusion_contradicts_itself", "不符合标准的结论不得有残疾类别或等级")
    return [e.AssessmentCompleted(completed_on=today, meets_standard=said.meets_standard, category=category, grade=grade)]


def _notice(division: str, policy: CertificatePolicy, today: date) -> list[CertificateEvent]:
    days = policy.notice.one("public_notice", today, division).working_days
    return [e.PublicNoticeStarted(starts_on=today, ends_on=policy.calendar.add(today, days))]


def _taken_down(notice: InNotice, objections: int, today: date) -> list[CertificateEvent]:
    if objections < 0:
        raise Malformed("objections_negative", "异议数不能为负")
    if today <= notice.ends_on:
        raise Rejected("notice_still_running", f"公示至{notice.ends_on}，次日起方可结束")
    return [e.PublicNoticeClosed(closed_on=today, objections=objections)]


def _issued(closed: NoticeClosed, policy: CertificatePolicy, today: date) -> list[CertificateEvent]:
    file, said = closed.file, closed.conclusion
    valid_to = _last_day(file, policy, today)
    return [
        e.CertificateIssued(person_id=file.person_id, category=said.category, grade=said.grade, valid_from=today, valid_to=valid_to)
    ]


def _renewed(valid: Valid, policy: CertificatePolicy, today: date) -> list[CertificateEvent]:
    """A new period from the day of issue, inside the window around the old one's last day."""
    rule = policy.renewal.one("renewal", today, valid.file.division)
    if today < add_months(valid.valid_to, -rule.opens_months_before):
        raise Rejected("renewal_too_early", f"有效期至{valid.valid_to}，届满前{rule.opens_months_before}个月起可换领")
    if today > add_months(valid.valid_to, rule.closes_months_after):
        raise Rejected("renewal_too_late", f"有效期至{valid.valid_to}，逾期超过{rule.closes_months_after}个月，须重新申请")
    valid_to = _last_day(valid.file, policy, today)
    return [e.CertificateRenewed(person_id=valid.file.person_id, valid_from=today, valid_to=valid_to)]


def _last_day(file: File, policy: CertificatePolicy, today: date) -> date:
    rule = policy.validity.one("validity", today, file.division)
    return last_valid_day(today, rule.months, rule.last_day)


def _cancelled(file: File, reason: e.CancellationReason, today: date) -> list[CertificateEvent]:
    if reason is e.CancellationReason.UNKNOWN:
        raise Malformed("reason_unknown", "注销原因不明")
    return [e.CertificateCancelled(person_id=file.person_id, reason=reason, cancelled_on=today)]


def _refused(not_met: bool, reason: str, today: date) -> list[CertificateEvent]:
    """`standard_not_met` is said exactly of whom the institution said it."""
    if not_met != (reason == NOT_MET):
        raise Rejected("reason_contradicts_assessment", "不予办理的原因与评定结论不一致")
    return [e.CertificateApplicationRefused(refused_on=today, reason=reason)]


def _noted(state: State, asked: NoteExpiryApproaching | NoteExpired, today: date) -> list[CertificateEvent]:
    """What a due row leads to; nothing when it is told already, not yet true, or true no more."""
    match state, asked:
        case Valid() as valid, NoteExpiryApproaching(window) if window not in valid.noted and inside(today, valid.valid_to, window):
            return [e.CertificateExpiryApproaching(person_id=valid.file.person_id, valid_to=valid.valid_to, window=window)]
        case Valid(expired=False) as valid, NoteExpired() if today >= expired_from(valid.valid_to):
            return [e.CertificateExpired(person_id=valid.file.person_id, valid_to=valid.valid_to)]
    return []


def evolve(state: State, happened: CertificateEvent) -> State:
    """The certificate after an event."""
    if isinstance(happened, e.CertificateApplicationSubmitted):
        return Applied(File(happened.person_id, happened.division, happened.channel, happened.applied_on))
    if isinstance(state, Absent):
        return state
    file = state.file
    match happened:
        case e.CertificateApplicationAccepted():
            return Accepted(replace(file, last_on=happened.accepted_on))
        case e.CertificateApplicationReturned():
            return Returned(replace(file, last_on=happened.returned_on))
        case e.CertificateApplicationRefused():
            return Refused(replace(file, last_on=happened.refused_on))
        case e.AssessmentOrdered():
            return InAssessment(replace(file, last_on=happened.ordered_on), happened.institution)
        case e.AssessmentCompleted():
            return _assessed(replace(file, last_on=happened.completed_on), happened)
        case e.PublicNoticeStarted():
            known = _conclusion(state)
            return InNotice(replace(file, last_on=happened.starts_on), known, happened.ends_on) if known else state
        case e.PublicNoticeClosed():
            after, known = Contested if happened.objections else NoticeClosed, _conclusion(state)
            return after(replace(file, last_on=happened.closed_on), known) if known else state
        case e.CertificateIssued() | e.CertificateRenewed():
            return Valid(replace(file, last_on=happened.valid_from), happened.valid_from, happened.valid_to)
        case e.CertificateExpiryApproaching():
            return replace(state, noted=state.noted | {happened.window}) if isinstance(state, Valid) else state
        case e.CertificateExpired():
            return replace(state, expired=True) if isinstance(state, Valid) else state
        case e.CertificateCancelled():
            return Ended(replace(file, last_on=happened.cancelled_on))
        case _:
            assert_never(happened)


def _assessed(file: File, said: e.AssessmentCompleted) -> State:
    if said.category is None or said.grade is None:
        return NotMet(file)
    return Assessed(file, Conclusion(said.category, said.grade))


def _conclusion(state: State) -> Conclusion | None:
    return state.conclusion if isinstance(state, Assessed | InNotice | NoticeClosed | Contested) else None


def _division(state: State) -> str:
    return "" if isinstance(state, Absent) else state.file.division


CERTIFICATE: Decider[Any, Any, Any] = Decider("certificate", Absent(), decide, evolve, _division)
