"""今日待办: what waits for an office today, by whom it is to be done and how many days are left. Pure; follows the division of duties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.certificates.certificate.projection import CertificateRow, Step
from services.certificates.home_assessment.queries import Round
from services.certificates.policy.load import CertificatePolicy
from services.certificates.vocabulary import DisputeLevel
from services.domain.divisions import Level, level

_COUNTY = {
    Step.APPLIED: ("ACCEPT", "受理申请"),
    Step.ACCEPTED: ("ORDER_ASSESSMENT", "转介评定"),
    Step.ASSESSED: ("ORDER_NOTICE", "下发公示单"),
    Step.STANDARD_NOT_MET: ("REFUSE", "书面告知不符合标准、异议权利和其他帮扶"),
    Step.NOTICE_CLOSED: ("ISSUE", "审核发证"),
    Step.OBJECTED: ("ANSWER_OBJECTIONS", "答复异议，重新评定或不予办理"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be done, about a certificate or a round of home assessment: its code, in words, since when it waits, until when,
    and the days left (negative: overdue)."""

    certificate_id: UUID | None
    file_number: str
    division: str
    task: str
    words: str
    since: date
    due_on: date | None
    days_left: int | None
    round_id: UUID | None = None


def tasks(
    rows: Sequence[CertificateRow],
    agency: str,
    division: str,
    policy: CertificatePolicy,
    today: date,
    rounds: Sequence[Round] = (),
) -> list[Task]:
    """The tasks of an office, the most urgent first; what has no day comes after what has, oldest first.

    `rounds`: those whose day has passed and which nobody has closed.
    """
    held = rounds if (agency, level(division)) == ("WJ", Level.COUNTY) else ()
    found = [_of_round(each, today) for each in held]
    listed = {each.round_id for each in held}
    for row in rows:
        if row.visit_on and row.round_id in listed:
            continue
        for task, words, due_on in _of(row, agency, level(division), policy, today):
            left = (due_on - today).days if due_on else None
            found.append(Task(row.certificate_id, row.file_number, row.division, task, words, row.step_on, due_on, left))
    return sorted(found, key=lambda task: (task.due_on or date.max, task.since, str(task.certificate_id or task.round_id)))


def _of(
    row: CertificateRow, agency: str, at: Level | None, policy: CertificatePolicy, today: date
) -> list[tuple[str, str, date | None]]:
    match agency, at:
        case "CL", Level.COUNTY:
            return _county(row, policy, today)
        case (("CL" | "XZ"), Level.TOWNSHIP) if row.step is Step.APPLIED and not row.forwarded:
            return [("FORWARD", "初审并上报", None)]
        case "CUN", Level.VILLAGE if row.step is Step.NOTICE_ORDERED:
            return [("POST_NOTICE", "张贴公示单", None)]
        case "CUN", Level.VILLAGE if row.step is Step.IN_NOTICE and row.notice_ends_on and row.notice_ends_on < today:
            return [("TAKE_DOWN_NOTICE", "撤下公示单", policy.calendar.add(row.notice_ends_on, 1))]
        case "WJ", Level.COUNTY if row.home_due_on and (row.visit_on is None or row.visit_on < today):
            return [("VISIT_HOME", "安排上门评残" if row.visit_on is None else "登记上门评残结果", row.home_due_on)]
        case "CL", Level.PREFECTURE if row.disputed is DisputeLevel.PREFECTURE:
            return [("DECIDE_DISPUTE", "处理评定异议", None)]
    return []


def _of_round(held: Round, today: date) -> Task:
    """One task for a round, not one for each person in it."""
    task, words = ("CLOSE_ROUND", "结束上门批次")
    if held.waiting:
        task, words = "RECORD_VISITS", f"登记上门评残结果（{held.waiting}人未登记）"
    return Task(
        None, held.file_number, held.division, task, words, held.on_day, held.on_day, (held.on_day - today).days, held.round_id
    )


def _county(row: CertificateRow, policy: CertificatePolicy, today: date) -> list[tuple[str, str, date | None]]:
    found: list[tuple[str, str, date | None]] = []
    if row.step in _COUNTY:
        days = policy.assessment.one("assessment", today, row.division).review_working_days
        due_on = policy.calendar.add(row.step_on, days) if row.step is Step.NOTICE_CLOSED else None
        found.append((*_COUNTY[row.step], due_on))
    if row.proposal:
        found.append(("DECIDE_PROPOSAL", "核实拟冻结、拟注销", None))
    if row.arriving:
        found.append(("TAKE_OVER", "接收迁入", None))
    if row.review and row.step is Step.ISSUED:
        found.append(("REVIEW", "重新评定", None))
    if row.home_due_on and row.home_due_on < today:
        found.append(("CHASE_HOME_ASSESSMENT", "催办上门评残", row.home_due_on))
    return found
