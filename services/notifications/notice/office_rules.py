"""What an office may do with a notice, and what the working committee's office may do beside. Pure; `decider` says in which state."""

from datetime import date

from services.domain.actors import Actor
from services.domain.divisions import inside
from services.kernel.errors import NotFound, Rejected
from services.kernel.events import Context
from services.notifications.notice.commands import Accept, Answer, AssignLead, Reject, ReportActed
from services.notifications.notice.deadlines import until
from services.notifications.notice.escalation_chain import Office, back_to, gone_through
from services.notifications.notice.events import (
    LeadAssigned,
    NoticeAccepted,
    NoticeActedOn,
    NoticeAnswered,
    NoticeQueued,
    NoticeRejected,
)
from services.notifications.notice.states import Accepted, Acknowledged, Queued, Waiting, notice_id
from services.notifications.policy.load import COORDINATOR, NoticePolicy


def mine(notice: NoticeQueued, context: Context) -> None:
    """To any other agency than the one that was told it is unknown (`NotFound`), as to another county; that is the kernel's to check."""
    if Actor.parse(context.actor).agency != notice.agency:
        raise unknown()


def unknown() -> NotFound:
    """No such notice for who asks."""
    return NotFound("notice_unknown", "没有这条通知")


def accept(state: Queued | Acknowledged, command: Accept, policy: NoticePolicy, context: Context) -> NoticeAccepted:
    """The office takes it on until its own date, which may not be later than the row allows."""
    notice, today = state.notice, context.today
    _work_asked(notice)
    latest = policy.calendar.add(today, notice.act_days)
    by = command.by_on or latest
    if by < today:
        raise Rejected("by_on_in_the_past", "承诺办结日期不能早于今天")
    if by > latest:
        raise Rejected("later_than_allowed", f"最迟应于{latest}办结")
    clock = until(notice, state.escalated, by, policy, today)
    return NoticeAccepted(accepted_on=today, by_on=by, reminders=clock.reminders, escalate_on=clock.escalate_on)


def send_back(state: Queued | Acknowledged, command: Reject, policy: NoticePolicy, context: Context) -> NoticeRejected:
    """The sender is told with the reason; at the end of a chain there is nobody to send it to."""
    notice, today = state.notice, context.today
    to = back_to(notice, () if state.escalated else notice.chain, policy, today)
    by = Office(notice.agency, notice.division)  # two told together may both send it back: two refusals, each with its reason
    if to is None:
        raise Rejected("nobody_to_return_to", "没有可退回的单位，请办理、牵头转办或答复")
    return NoticeRejected(
        reason=command.reason,
        rejected_on=today,
        to_agency=to.agency,
        to_division=to.division,
        next_notice_id=notice_id(notice.cause_id, notice.route, to.agency, to.division, notice.stage + 1, "returned by", str(by)),
        stage=notice.stage + 1,
        trail=gone_through(notice, f"REJECTED.{command.reason.value}", today),
    )


def report(notice: NoticeQueued, command: ReportActed, today: date) -> NoticeActedOn:
    """What was done, not later than today."""
    _work_asked(notice)
    if command.acted_on > today:
        raise Rejected("acted_on_in_the_future", "办理日期不能晚于今天")
    return NoticeActedOn(outcome=command.outcome, acted_on=command.acted_on, reported_on=today)


def assign_lead(state: Waiting, command: AssignLead, policy: NoticePolicy, context: Context) -> list[LeadAssigned]:
    """An agency of a unit inside the division leads; once. The same again changes nothing."""
    notice, today = state.notice, context.today
    _allowed(command, notice)
    lead = Office(policy.successor(command.agency, today), command.division)
    if isinstance(state, Accepted) and state.lead is not None:
        if state.lead == str(lead):
            return []
        raise Rejected("lead_assigned", "已确定牵头单位")
    if lead.agency not in policy.told(today) or lead.agency == COORDINATOR:
        raise Rejected("agency_unknown", "没有这个单位")
    units = {row.id for row in policy.units.rows if row.holds(today, "")}
    if lead.division not in units or not inside(lead.division, notice.division):
        raise Rejected("outside_your_division", "牵头单位须在本辖区内")
    stage = notice.stage + 1
    return [
        LeadAssigned(
            to_agency=lead.agency,
            to_division=lead.division,
            next_notice_id=notice_id(notice.cause_id, notice.route, lead.agency, lead.division, stage, "lead"),
            assigned_on=today,
            stage=stage,
            trail=gone_through(notice, "LEAD_ASSIGNED", today),
        )
    ]


def answer(notice: NoticeQueued, command: Answer, today: date) -> NoticeAnswered:
    """How the matter ended, as the working committee's office says."""
    _allowed(command, notice)
    return NoticeAnswered(answer=command.answer, answered_on=today)


def _work_asked(notice: NoticeQueued) -> None:
    if not notice.act_days:
        raise Rejected("only_note_asked", "本通知只需签收")


def _allowed(command: AssignLead | Answer, notice: NoticeQueued) -> None:
    if command.AGENCIES and notice.agency not in command.AGENCIES:
        raise Rejected("not_the_coordinator", "只有残工委办公室可以办理")
