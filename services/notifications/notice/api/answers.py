"""The endpoints by which an office answers a notice: accept, send back, report; and the working committee's office leads and answers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.domain.divisions import COUNTY_OR_PREFECTURE_PATTERN
from services.notifications.notice import commands
from services.notifications.notice.decider import NOTICE
from services.notifications.vocabulary import Answered, ReturnReason, WorkOutcome
from services.shell.http.call import Call, body, command
from services.shell.http.fields import Agency, Day

router = APIRouter()


@body
class Acceptance:
    """By when the office acts; none = as long as the row allows."""

    by_on: Day | None = None


@body
class Return:
    """Why it is not this office's."""

    reason: ReturnReason


@body
class Report:
    """What came of it, and when that was."""

    outcome: WorkOutcome
    acted_on: Day


@body
class Lead:
    """The unit that is to lead."""

    agency: Agency
    division: Annotated[str, Field(pattern=COUNTY_OR_PREFECTURE_PATTERN)]


@body
class Reply:
    """How the matter ended."""

    answer: Answered


@router.post("/notices/{notice_id}/accept")
async def accept(notice_id: UUID, asked: Acceptance, call: Call = command(commands.Accept.SCOPE)) -> Response:
    """受理: the office takes it on."""
    return await call.execute(NOTICE, notice_id, commands.Accept(asked.by_on))


@router.post("/notices/{notice_id}/reject")
async def reject(notice_id: UUID, asked: Return, call: Call = command(commands.Reject.SCOPE)) -> Response:
    """退回: it goes back to the sender, with the reason."""
    return await call.execute(NOTICE, notice_id, commands.Reject(asked.reason))


@router.post("/notices/{notice_id}/report")
async def report(notice_id: UUID, asked: Report, call: Call = command(commands.ReportActed.SCOPE)) -> Response:
    """办结反馈: what the office did. Reported again with another outcome, the later one stands."""
    return await call.execute(NOTICE, notice_id, commands.ReportActed(asked.outcome, asked.acted_on))


@router.post("/notices/{notice_id}/lead")
async def lead(notice_id: UUID, asked: Lead, call: Call = command(commands.AssignLead.SCOPE)) -> Response:
    """牵头: the working committee's office names the unit that leads; it gets a notice of its own."""
    return await call.execute(NOTICE, notice_id, commands.AssignLead(asked.agency, asked.division))


@router.post("/notices/{notice_id}/answer")
async def answer(notice_id: UUID, asked: Reply, call: Call = command(commands.Answer.SCOPE)) -> Response:
    """答复: the working committee's office records how the matter ended."""
    return await call.execute(NOTICE, notice_id, commands.Answer(asked.answer))
