"""The endpoints of the reminder ledger: the list and the trail for those who remind, their confirmation, counts, the month as a sheet."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.certificates.vocabulary import ExpiryWindow
from services.documents.workbook import XLSX
from services.domain.divisions import inside
from services.domain.months import first_day, month_after
from services.kernel.clock import today
from services.kernel.errors import Forbidden
from services.notifications.notice.api.inbox import COUNT
from services.notifications.reminder import queries
from services.notifications.reminder.commands import Confirm
from services.notifications.reminder.counts import ReminderCount, by_county, counted
from services.notifications.reminder.decider import REMINDER
from services.notifications.reminder.events import Proof
from services.notifications.reminder.projection import ReminderRow, ReminderState
from services.notifications.reminder.sheet import sheet_of
from services.shell.http.call import Call, Page, body, command, query
from services.shell.http.fields import Cursor, Limit, Month, Number, Prefix
from services.shell.http.responses import documented, sheet
from services.shell.http.small_numbers import smallest_cell

router = APIRouter()
READ = "reminders.read"


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
    file_number: Number | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> Page[ReminderRow]:
    """The ledger: reminders of the caller's division, those whose card lapses first at the beginning.

    `overdue`: still owed, and every rung but the last had its time; `file_number`: of a reminder, or of a card and so all of its
    reminders.
    """
    _reminds(call)
    wanted = queries.Wanted(state, window, division, certificate_id, today(call.runtime.clock) if overdue else None, file_number)
    return await call.page(
        queries.reminders, wanted, after=after, limit=limit, place=lambda r: (r.valid_to.isoformat(), str(r.reminder_id))
    )


@router.get("/reminders/counts")
async def counts(call: Call = query(COUNT), division: Prefix = "") -> Page[ReminderCount]:
    """By window. Whoever does not remind himself is answered for the prefecture and counties, and sees no small number, nor one it
    follows from; of any other division no number."""
    asked = division_of(call, division)
    return Page(counted(await call.read(by_county, asked, today(call.runtime.clock)), asked, least_shown(call)))


@router.get("/reminders/short")
async def short(month: Month, call: Call = query(READ), division: Prefix = "") -> Page[queries.Short]:
    """Offices whose cards lapsed in that month with fewer than two reminders that reached somebody."""
    return Page(queries.short_of(await _cards(call, month, division)))


@router.get("/reminders.xlsx", **documented(XLSX))
async def ledger(month: Month, call: Call = query(READ), division: Prefix = "") -> Response:
    """The ledger of the cards whose last day lies in that month, for the federation with every message: references and pseudonyms, no
    names and no numbers."""
    cards = await _cards(call, month, division)
    sent = await call.read(queries.messages, [each.reminder_id for card in cards for each in card.reminders])
    places = call.runtime.service.policy.places
    return sheet(sheet_of(cards, sent, queries.short_of(cards), first_day(month), places), f"残疾人证到期提醒台账{month}")


@router.get("/reminders/{reminder_id}")
async def one(reminder_id: UUID, response: Response, call: Call = query(READ)) -> queries.Told:
    """One reminder with its whole trail and, for the federation, the messages to the person; the ETag is its version."""
    _reminds(call)
    found = await call.read(queries.reminder, reminder_id)
    async with call.reading() as conn:
        past = await call.runtime.store.read(conn, reminder_id)
        sent = await queries.messages(conn, [reminder_id])
    response.headers["ETag"] = f'"{found.version}"'
    return queries.with_trail(found, past[: found.version], sent.get(reminder_id, ()))


@router.post("/reminders/{reminder_id}/confirm")
async def confirm(reminder_id: UUID, asked: Confirmation, call: Call = command(Confirm.SCOPE)) -> Response:
    """Somebody of the village, township or federation knows that the holder or guardian knows."""
    return await call.execute(REMINDER, reminder_id, Confirm(asked.proof))


async def _cards(call: Call, month: str, division: str) -> list[queries.Card]:
    _reminds(call)
    first = first_day(month)
    return await call.read(queries.cards_of, division, first, month_after(first))


def _reminds(call: Call) -> None:
    """Single reminders are for those who remind. Raises `Forbidden`."""
    if call.principal.agency not in Confirm.AGENCIES:
        raise Forbidden("not_your_duty", "提醒台账由残联、乡镇（街道）和村（社区）使用")


def division_of(call: Call, division: str) -> str:
    """The division that is asked for; what is wider than the caller's own is his own."""
    own = call.principal.division
    return own if inside(own, division) else division


def least_shown(call: Call) -> int | None:
    """Below which number the caller sees none; None: he reminds, and sees all."""
    try:
        call.require(READ)
        _reminds(call)
    except Forbidden:
        return smallest_cell(call, call.runtime.service.policy.counting, "reminders")
    return None
