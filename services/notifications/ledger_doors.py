"""The doors of the reminder ledger: the list and the trail for those who remind, their confirmation, counts, the month as a sheet."""

from dataclasses import astuple
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from services.certificates.events import ExpiryWindow
from services.kernel.clock import today
from services.kernel.errors import Forbidden
from services.notifications import ledger_queries as queries
from services.notifications.events import Proof
from services.notifications.ledger_sheets import sheet_of
from services.notifications.parameters import Limit, Month, Prefix
from services.notifications.reminder import CONFIRMING, REMINDER, Confirm
from services.notifications.rows import ReminderRow, ReminderState
from services.notifications.tallying import month_after
from services.shell.answers import documented, sheet
from services.shell.http import Call, Page, body, command, query
from services.workbooks import XLSX

router = APIRouter()
READ, CONFIRM = "reminders.read", "reminders.confirm"


@body
class Confirmation:
    """How it is known that the holder or guardian knows: HOLDER, GUARDIAN or VISITOR."""

    proof: Proof


@router.get("/reminders")
async def reminders(
    call: Call = query(READ),
    state: ReminderState | None = None,
    window: ExpiryWindow | None = None,
    division: Prefix = "",
    certificate_id: UUID | None = None,
    overdue: bool = False,
    after: str | None = None,
    limit: Limit = 100,
) -> Page[ReminderRow]:
    """The ledger: reminders of the caller's division, those whose card lapses first at the beginning.

    `overdue`: still owed, and every rung but the last had its time.
    """
    _reminds(call)
    wanted = queries.Wanted(state, window, division, certificate_id, today(call.runtime.clock) if overdue else None)
    return await call.page(
        queries.reminders, wanted, after=after, limit=limit, place=lambda r: (r.valid_to.isoformat(), str(r.reminder_id))
    )


@router.get("/reminders/counts")
async def counts(call: Call = query("notices.count"), division: Prefix = "") -> Page[queries.ReminderCount]:
    """By window inside the caller's division; whoever does not remind himself sees no small number, nor one it follows from."""
    day = today(call.runtime.clock)
    found = await call.read(queries.counts, division, day)
    if reminding(call):
        return Page(found)
    least = smallest(call)
    return Page([kept_back(count, least) for count in found])


@router.get("/reminders/short")
async def short(month: Month, call: Call = query(READ), division: Prefix = "") -> Page[queries.Short]:
    """Offices whose cards lapsed in that month with fewer than two reminders that reached somebody."""
    return Page(queries.short_of(await _cards(call, month, division)))


@router.get("/reminders.xlsx", **documented(XLSX))
async def ledger(month: Month, call: Call = query(READ), division: Prefix = "") -> Response:
    """The ledger of the cards whose last day lies in that month: references and pseudonyms, no names."""
    cards = await _cards(call, month, division)
    return sheet(sheet_of(cards, queries.short_of(cards), _first(month)), f"残疾人证到期提醒台账{month}")


@router.get("/reminders/{reminder_id}")
async def one(reminder_id: UUID, response: Response, call: Call = query(READ)) -> queries.Told:
    """One reminder with its whole trail and, for the federation, the messages to the person; the ETag is its version."""
    _reminds(call)
    found = await call.read(queries.reminder, reminder_id)
    async with call.reading() as conn:
        past = await call.runtime.store.read(conn, reminder_id)
        sent = await queries.messages(conn, reminder_id)
    response.headers["ETag"] = f'"{found.version}"'
    return queries.told(found, past[: found.version], sent)


@router.post("/reminders/{reminder_id}/confirm")
async def confirm(reminder_id: UUID, asked: Confirmation, call: Call = command(CONFIRM)) -> Response:
    """Somebody of the village, township or federation knows that the holder or guardian knows."""
    return await call.execute(REMINDER, reminder_id, Confirm(asked.proof))


async def _cards(call: Call, month: str, division: str) -> list[queries.Card]:
    _reminds(call)
    first = _first(month)
    return await call.read(queries.cards_of, division, first, month_after(first))


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _reminds(call: Call) -> None:
    """Single reminders are for those who remind. Raises `Forbidden`."""
    if call.principal.agency not in CONFIRMING:
        raise Forbidden("not_your_duty", "提醒台账由残联、乡镇（街道）和村（社区）使用")


def reminding(call: Call) -> bool:
    """Whether the caller reminds, and so sees small numbers."""
    try:
        call.require(READ)
        _reminds(call)
    except Forbidden:
        return False
    return True


def smallest(call: Call) -> int:
    """Below which number a count is kept back from the caller, who does not remind."""
    counting = call.runtime.service.policy.counting.one("reminders", today(call.runtime.clock), call.principal.division)
    return int(counting.smallest_cell)


def kept_back(count: queries.ReminderCount, least: int) -> queries.ReminderCount:
    """Parts that add up to what is shown give each other away: one that is small hides all of them."""
    whole, *parts = (number for number in astuple(count)[1:])
    if all(number == 0 or number >= least for number in parts):
        return count
    due = whole if whole >= least else None
    return queries.ReminderCount(count.window, due, *[None] * len(parts))
