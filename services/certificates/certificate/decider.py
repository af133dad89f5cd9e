"""A certificate from application to cancellation: stream = certificate id. Every pair of state and command is decided here.

Nothing here freezes, cancels or computes a grade: the machine only notes that an expiry comes near or has passed.
"""

from datetime import date, timedelta
from typing import assert_never

from services.certificates import vocabulary
from services.certificates.certificate import commands, states
from services.certificates.certificate.application import decide as application_decide
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.card import decide as card_decide
from services.certificates.certificate.card import events as card_events
from services.certificates.certificate.card.mirror import missing, recorded
from services.certificates.certificate.events import Event
from services.certificates.certificate.evolve import evolve
from services.certificates.certificate.who_may import may
from services.certificates.policy.load import CertificatePolicy
from services.certificates.validity import expired_from, inside
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Rejected
from services.kernel.events import Context

Known = states.Open | states.Refused | states.Disputed | states.Withdrawn | states.Valid | states.Ended
# What stands in the way when a command does not fit the state: code, and a sentence for the clerk.
IN_THE_WAY: dict[type, tuple[str, str]] = {
    states.Applied: ("application_not_accepted", "申请尚未受理"),
    states.Returned: ("application_returned", "申请已退回补正，待重新提交"),
    states.Accepted: ("assessment_not_ordered", "申请已受理，尚未转介评定"),
    states.InAssessment: ("assessment_running", "正在评定"),
    states.Assessed: ("notice_not_started", "已评定，尚未公示"),
    states.NotMet: (application_decide.NOT_MET, "评定结论不符合残疾标准，只能作不予办理"),
    states.NoticeOrdered: ("notice_not_posted", "公示单已下发，村（社区）尚未张贴"),
    states.InNotice: ("notice_running", "正在公示"),
    states.NoticeClosed: ("notice_closed", "公示已结束"),
    states.Contested: ("objections_open", "公示有异议，须答复、重新评定、重新公示或作不予办理"),
    states.Refused: ("application_refused", "申请已作不予办理"),
    states.Disputed: ("dispute_open", "对评定结论的异议尚在处理"),
    states.Withdrawn: ("application_withdrawn", "申请已撤回"),
    states.Valid: ("certificate_issued", "残疾人证已核发"),
    states.Ended: ("certificate_cancelled", "残疾人证已注销"),
}


def decide(state: states.State, command: commands.Command, policy: CertificatePolicy, context: Context) -> list[Event]:
    """The events a command leads to. Raises `Rejected`, `Forbidden`, or `NotFound` for a certificate nobody applied for."""
    today = context.today
    may(command, context, _institution(state), _elsewhere(state))
    match command:
        case commands.NoteExpiryApproaching() | commands.NoteExpired() | commands.NoteHomeOverdue():
            return _noted(state, command, policy, today)
        case commands.Record():
            if isinstance(state, states.Refused | states.Disputed | states.Withdrawn):
                raise Rejected(*IN_THE_WAY[type(state)])
            return recorded(state, command, policy, today)
        case commands.Missing():
            return missing(state, command, policy, today)
        case commands.Apply() if isinstance(state, states.Absent):
            return application_decide.apply(command, policy, today)
    if isinstance(state, states.Absent):
        raise NotFound("certificate_unknown", "没有这份申请或残疾人证")
    if today < state.file.last_on:
        raise Rejected("earlier_than_last_step", "办理日期早于上一环节的日期")
    found = _step(state, command, policy, today)
    if found is None:
        raise Rejected(*_in_the_way(state, command))
    return found


def _step(state: Known, command: commands.Apply | commands.ByPeople, policy: CertificatePolicy, today: date) -> list[Event] | None:
    """What people ask of an application or a card that exists; None when it does not fit the state."""
    match command:
        case commands.Apply():
            return None
        case commands.GiveNotice(topic, language, way):
            explained = application_events.NoticeGiven(topic=topic, language=language, way=way, given_on=today)
            return None if isinstance(state, states.Ended | states.Withdrawn) else [explained]
        case commands.RevokeCancellation(evidence):
            return card_decide.revoked(state, evidence, today) if isinstance(state, states.Ended) else None
    if isinstance(state, states.Valid):
        return None if isinstance(command, commands.Application) else card_decide.decide(state, command, policy, today)
    return None if isinstance(command, commands.Card) else application_decide.decide(state, command, policy, today)


def _in_the_way(state: Known, command: commands.Command) -> tuple[str, str]:
    if not isinstance(state, states.Valid):
        return IN_THE_WAY[type(state)]
    match command:
        case commands.TransferIn() | commands.Unfreeze() | commands.Reissue() | commands.Dismiss():
            return "nothing_to_do", "没有相应的待办事项"
        case commands.Freeze():
            return "certificate_frozen", "残疾人证已冻结"
        case commands.ReportLost():
            return "certificate_lost", "残疾人证已挂失"
        case commands.TransferOut():
            return "transfer_running", "残疾人证正在迁移，待迁入地接收"
    if state.review is None:
        return IN_THE_WAY[states.Valid]
    if state.review.conclusion or state.review.not_met:
        return "review_concluded", "重新评定已有结论"
    return "review_running", "正在重新评定"


def _order(state: states.State) -> states.Order | None:
    """The order by which somebody is assessed, for the first time or again."""
    if isinstance(state, states.InAssessment):
        return state.order
    return state.review.order if isinstance(state, states.Valid) and state.review else None


def _institution(state: states.State) -> str | None:
    order = _order(state)
    return order.institution if order else None


def _elsewhere(state: states.State) -> bool:
    return not isinstance(state, states.Absent) and state.file.accepting_county is not None


def _noted(state: states.State, command: commands.Due, policy: CertificatePolicy, today: date) -> list[Event]:
    """What a due row leads to; nothing when it is told already, not yet true, or true no more."""
    match command:
        case commands.NoteExpiryApproaching(window, reminder):
            if not isinstance(state, states.Valid) or (window, reminder) in state.card.noted:
                return []
            return _approaching(state, window, reminder, policy, today)
        case commands.NoteExpired():
            if not isinstance(state, states.Valid) or state.card.expired or today < expired_from(state.card.valid_to):
                return []
            return _expired(state, policy, today)
        case commands.NoteHomeOverdue():
            return _home_overdue(state, today)
        case _:
            assert_never(command)


def _home_overdue(state: states.State, today: date) -> list[Event]:
    order = _order(state)
    if isinstance(state, states.Absent) or order is None or order.due_on is None or order.overdue or today <= order.due_on:
        return []
    return [application_events.HomeAssessmentOverdue(person_id=state.file.person_id, due_on=order.due_on)]


def _expired(valid: states.Valid, policy: CertificatePolicy, today: date) -> list[Event]:
    """Nothing is frozen by this; where the policy says so, a freeze is proposed to the clerk."""
    lapsed = card_events.CertificateExpired(person_id=valid.file.person_id, valid_to=valid.card.valid_to)
    if valid.proposal or not policy.expiry.one("expiry", today, valid.file.division).propose_freeze:
        return [lapsed]
    freeze, expired, timer = vocabulary.ProposedAction.FREEZE, vocabulary.FreezeReason.EXPIRED, vocabulary.ProposalSource.TIMER
    return [lapsed, *card_decide.propose(valid, freeze, expired, timer, today)]


def _approaching(
    valid: states.Valid, window: vocabulary.ExpiryWindow, reminder: int, policy: CertificatePolicy, today: date
) -> list[Event]:
    """Two reminders are always owed (不少于两次; joint opinion, part 4): a card first told of in its last month is told of again."""
    card, again = valid.card, None
    if reminder == 2 and (card.again_on is None or today < card.again_on):
        return []
    if not inside(today, card.valid_to, window):
        return []
    if reminder == 1 and window is vocabulary.ExpiryWindow.ONE_MONTH and (not card.noted or card.told_on == today):
        days = policy.reminders.one("reminders", today, valid.file.division).second_after_days
        soon = min(today + timedelta(days=days), card.valid_to)
        again = soon if soon > today else None
    return [
        card_events.CertificateExpiryApproaching(
            person_id=valid.file.person_id, valid_to=card.valid_to, window=window, reminder=reminder, told_on=today, again_on=again
        )
    ]


def _division(state: states.State) -> str:
    return "" if isinstance(state, states.Absent) else state.file.division


CERTIFICATE: Decider[states.State, commands.Command, CertificatePolicy] = Decider(
    "certificate", states.Absent(), decide, evolve, _division, handovers=(card_events.CertificateTransferredOut,)
)
