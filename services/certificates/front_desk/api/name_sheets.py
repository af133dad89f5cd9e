"""A work list with names as a sheet: what `/resolve` answers, to take along. Limited by the same rule, recorded as a sheet, kept nowhere."""

from fastapi import APIRouter, Response

from services.certificates.front_desk import name_sheet
from services.certificates.person.api import resolve
from services.documents.workbook import XLSX
from services.shell.http.call import Call, command
from services.shell.http.responses import documented, sheet

router = APIRouter()


@router.post("/resolve.xlsx", **documented(XLSX))
async def resolve_sheet(asked: resolve.Question, call: Call = command("persons.resolve")) -> Response:
    """The persons of a work list as far as `/resolve` shows them, on a sheet marked with who took it, when, and what for.

    Not kept under the Idempotency-Key: every sheet is a look of its own, written down as `sheet/` and the reference.
    """
    found, refused = await resolve.looked(call, asked, f"sheet/{asked.reference}")
    me = call.principal
    taken = name_sheet.Taken(me.agency, me.division, me.subject, call.context.now, asked.purpose, asked.reference)
    rows = [
        (person.file_number, person.name, person.village, person.citizen_id, person.phone)
        for person in (resolve.shown(each, call) for each in found)
    ]
    return sheet(name_sheet.workbook(rows, refused, taken), f"名单{call.context.today}")
