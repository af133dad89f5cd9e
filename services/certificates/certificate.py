"""A certificate from application to cancellation: stream = certificate id. Every pair of state and command is decided here.

Nothing here freezes, cancels or computes a grade: the machine only notes that an expiry comes near or has passed.
"""

from datetime import date, timedelta
from typing import Any

from services.certificates import application_events as a
from services.certificates import applying, holding
from services.certificates import card_events as e
from services.certificates import commands as c
from services.certificates import states as s
from services.certificates import terms as t
from services.certificates.duties import may
from services.certificates.evolving import evolve
from services.certificates.mirror import Missing, Record, missing, recorded
from services.certificates.policy import CertificatePolicy
from services.certificates.validity import expired_from, inside
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Rejected
from services.kernel.events import Context

# What stands in the way when a command does not fit the state: code, and a sentence for the clerk.
IN_THE_WAY: dict[type, tuple[str, str]] = {
    s.Applied: ("application_not_accepted", "申请尚未受理"),
    s.Returned: ("application_returned", "申请已退回补正，待重新提交"),
    s.Accepted: ("assessment_not_ordered", "申请已受理，尚未转介评定"),
    s.InAssessment: ("assessment_running", "正在评定"),
    s.Assessed: ("notice_not_started", "已评定，尚未公示"),
    s.NotMet: (applying.NOT_MET, "评定结论不符合残疾标准，只能作不予办理"),
    s.NoticeOrdered: ("notice_not_posted", "公示单已下发，村（社区）尚未张贴"),
    s.InNotice: ("notice_running", "正在公示"),
    s.NoticeClosed: ("notice_closed", "公示已结束"),
    s.Contested: ("objections_open", "公示有异议，须答复、重新评定、重新公示或作不予办理"),
    s.Refused: ("application_refused", "申请已作不予办理"),
    s.Disputed: ("dispute_open", "对评定结论的异议尚在处理"),
    s.Withdrawn: ("application_withdrawn", "申请已撤回"),
    s.Valid: ("certificate_issued", "残疾人证已核发"),
    s.Ended: ("certificate_cancelled", "残疾人证已注销"),
}


def decide(state: s.State, command: c.Command | Record | Missing, policy: CertificatePolicy, context: Context) -> list[Any]:
    """The events a command leads to. Raises `Rejected`, `Forbidden`, or `NotFound` for a certificate nobody applied for."""
    today = context.today
    may(command, context, _institution(state), _elsewhere(state))
    match state, command:
        case _, c.NoteExpiryApproaching() | c.NoteExpired() | c.NoteHomeOverdue():
            return _noted(state, command, policy, today)
        case s.Absent(), c.Apply():
            return applying.apply(command, policy, today)
        case ((s.Refused() | s.Disputed() | s.Withdrawn()), Record()):
            raise Rejected(*IN_THE_WAY[type(state)])
        case _, Record():
            return recorded(state, command, policy, today)
        case _, Missing():
            return missing(state, command, policy, today)
        case s.Absent(), _:
            raise NotFound("certificate_unknown", "没有这份申请或残疾人证")
        case _ if today < _last_on(state):
            raise Rejected("earlier_than_last_step", "办理日期早于上一环节的日期")
        case _, c.GiveNotice(topic, language, way) if not isinstance(state, s.Ended | s.Withdrawn):
            return [a.NoticeGiven(topic=topic, language=language, way=way, given_on=today)]
        case s.Valid(), _:
            found = holding.decide(state, command, policy, today)
        case s.Ended(), c.RevokeCancellation(evidence):
            found = holding.revoked(state, evidence, today)
        case _:
            found = applying.decide(state, command, policy, today)
    if found is None:
        raise Rejected(*_in_the_way(state, command))
    return found


def _in_the_way(state: s.State, command: c.Command) -> tuple[str, str]:
    if not isinstance(state, s.Valid):
        return IN_THE_WAY[type(state)]
    match command:
        case c.TransferIn() | c.Unfreeze() | c.Reissue() | c.Dismiss():
            return "nothing_to_do", "没有相应的待办事项"
        case c.Freeze():
            return "certificate_frozen", "残疾人证已冻结"
        case c.ReportLost():
            return "certificate_lost", "残疾人证已挂失"
        case c.TransferOut():
            return "transfer_running", "残疾人证正在迁移，待迁入地接收"
    if valid_review := state.review:
        return ("review_concluded", "重新评定已有结论") if valid_review.conclusion or valid_review.not_met else (
            "review_running", "正在重新评定")  # fmt: skip
    return IN_THE_WAY[s.Valid]


def _institution(state: s.State) -> str | None:
    if isinstance(state, s.InAssessment):
        return state.order.institution
    if isinstance(state, s.Valid) and state.review and state.review.order:
        return state.review.order.institution
    return None


def _elsewhere(state: s.State) -> bool:
    return not isinstance(state, s.Absent) and state.file.accepting_county is not None


def _last_on(state: s.State) -> date:
    """The day of the last step: were the next one dated before it, a clock would be wrong and the record false."""
    return date.min if isinstance(state, s.Absent) else state.file.last_on


def _noted(state: s.State, asked: c.Command, policy: CertificatePolicy, today: date) -> list[Any]:
    """What a due row leads to; nothing when it is told already, not yet true, or true no more."""
    order = state.order if isinstance(state, s.InAssessment) else None
    if isinstance(state, s.Valid) and state.review:
        order = state.review.order
    match state, asked:
        case s.Valid(_, card), c.NoteExpiryApproaching(window, reminder) if (window, reminder) not in card.noted:
            return _approaching(state, window, reminder, policy, today)
        case s.Valid(_, card), c.NoteExpired() if not card.expired and today >= expired_from(card.valid_to):
            return _expired(state, policy, today)
        case ((s.InAssessment() | s.Valid()), c.NoteHomeOverdue()) if (
            order and order.due_on and not order.overdue and today > order.due_on
        ):
            return [a.HomeAssessmentOverdue(person_id=state.file.person_id, due_on=order.due_on)]
    return []


def _expired(valid: s.Valid, policy: CertificatePolicy, today: date) -> list[Any]:
    """Nothing is frozen by this; where the policy says so, a freeze is proposed to the clerk."""
    lapsed = e.CertificateExpired(person_id=valid.file.person_id, valid_to=valid.card.valid_to)
    if not policy.expiry.one("expiry", today, valid.file.division).propose_freeze:
        return [lapsed]
    freeze = (t.ProposedAction.FREEZE, t.FreezeReason.EXPIRED, t.ProposalSource.TIMER)
    return [lapsed, *([] if valid.proposal else holding.propose(valid, *freeze, today))]


def _approaching(valid: s.Valid, window: t.ExpiryWindow, reminder: int, policy: CertificatePolicy, today: date) -> list[Any]:
    """Two reminders are always owed (不少于两次; joint opinion, part 4): a card first told of in its last month is told of again."""
    card, again = valid.card, None
    if reminder == 2 and (card.again_on is None or today < card.again_on):
        return []
    if not inside(today, card.valid_to, window):
        return []
    if reminder == 1 and window is t.ExpiryWindow.ONE_MONTH and (not card.noted or card.told_on == today):
        days = policy.reminders.one("reminders", today, valid.file.division).second_after_days
        soon = min(today + timedelta(days=days), card.valid_to)
        again = soon if soon > today else None
    return [
        e.CertificateExpiryApproaching(
            person_id=valid.file.person_id, valid_to=card.valid_to, window=window, reminder=reminder, told_on=today, again_on=again
        )
    ]


def _division(state: s.State) -> str:
    return "" if isinstance(state, s.Absent) else state.file.division


CERTIFICATE: Decider[Any, Any, Any] = Decider(
    "certificate", s.Absent(), decide, evolve, _division, handovers=(e.CertificateTransferredOut,)
)
