"""The endpoint of 今日待办: what waits for an office, with the days left."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from services.certificates.certificate.queries import waiting
from services.certificates.front_desk import work_list
from services.certificates.home_assessment.queries import not_closed
from services.certificates.outreach import tasks
from services.certificates.outreach.queries import candidates
from services.shell.http.call import Call, query

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits: `items` are certificates, as on any page; `outreach` are persons who have none (应办未办)."""

    items: Sequence[work_list.Task]
    outreach: Sequence[tasks.OutreachTask] = ()
    cursor: str | None = None
    more: bool = False


@router.get("/desk")
async def desk_(call: Call = query("desk.read")) -> Desk:
    """今日待办: what waits for the caller's office, the most urgent first."""
    who, policy, today = call.principal, call.runtime.service.policy, call.context.today
    async with call.reading() as conn:
        rows, rounds = await waiting(conn, 2000), await not_closed(conn, today)
    items = work_list.tasks(rows, who.agency, who.division, policy, today, rounds)
    if not tasks.asks(who.agency, who.division):
        return Desk(items)
    listed = await call.read(candidates, today, policy, who.division, tasks.WAITING, None, 2000)
    return Desk(items, tasks.tasks(listed, who.division, today))
