"""Printing: every form is drawn from the register, never typed. A print reads names, so it is a look: recorded, limited, kept nowhere."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.certificates import offices
from services.certificates.forms import contents
from services.certificates.forms.contents import Case, Holder, Printed
from services.certificates.forms.page import as_html
from services.certificates.forms.round_list import Round, Visit, list_of_round
from services.certificates.home_assessment import queries
from services.certificates.person import vault
from services.certificates.person.api import resolve
from services.certificates.person.api.registration import Nothing
from services.certificates.policy.load import CertificatePolicy
from services.domain.citizen_id import birth_date
from services.domain.divisions import inside
from services.domain.file_number import file_number
from services.domain.months import add_months
from services.kernel.errors import Malformed, NotFound
from services.shell.http.call import Call, body, command
from services.shell.http.fields import Day
from services.shell.http.responses import HTML, documented, page

router = APIRouter()


@body
class Print:
    """`starts_on`: on which day a public notice will be posted, by default today; other forms need nothing."""

    starts_on: Day | None = None


@body
class Sheet:
    """Whose assessments one village publicises on one sheet, and from which day on (by default today)."""

    certificate_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=500)]
    starts_on: Day | None = None


@router.post("/certificates/{certificate_id}/forms/{form}", **documented(HTML))
async def printed(certificate_id: UUID, form: Printed, asked: Print, call: Call = command("forms.print")) -> Response:
    """A form about one application or card, ready to print; `form_does_not_fit` when its state is another."""
    return page(await _drawn(call, form, [certificate_id], asked.starts_on))


@router.post("/forms/public-notice", **documented(HTML))
async def notice_sheet(asked: Sheet, call: Call = command("forms.print")) -> Response:
    """公示单 of several persons of one village: masked names, nothing of their disability, the days and whom to call."""
    return page(await _drawn(call, Printed.NOTICE, list(dict.fromkeys(asked.certificate_ids)), asked.starts_on))


@router.post("/rounds/{round_id}/list", **documented(HTML))
async def round_list(round_id: UUID, asked: Nothing, call: Call = command("certificates.schedule")) -> Response:
    """上门评残名单: whom a round is to visit, for the health bureau and the institution to take along; no number, no category."""
    policy, today, purpose = call.runtime.service.policy, call.context.today, vault.Purpose.CERTIFICATE_SERVICE
    offices.at_the_window("round-list", call.context)
    resolve.permitted(call, purpose)
    async with resolve.sight(call) as conn:
        planned = await queries.one(conn, round_id)
        guests = await queries.guests(conn, round_id) if planned else []
        if len(guests) > (most := resolve.limits(call).persons_per_request):
            raise Malformed("too_many_persons", f"一次最多打印{most}人")
        found = await resolve.look(conn, call, purpose, f"form/round/{round_id}", [guest.person_id for guest in guests])
    people = {person.person_id: person for person in found}
    if planned is None or len(people) < len(guests):
        raise NotFound("round_unknown", "没有这个上门批次，或不在您的辖区")
    visits = tuple(
        Visit((who := people[guest.person_id]).name, policy.place(guest.division, today), who.phone, guest.applied_on, guest.due_by)
        for guest in guests
    )
    about, division = planned.round, call.principal.division
    office = policy.offices.one(division, today, division).name if call.principal.agency == "CL" else f"{_county(call)}卫生健康局"
    return page(as_html(list_of_round(Round(file_number(round_id), about.on_day, about.institution, office, visits))))


def _county(call: Call) -> str:
    """The county of the caller in words."""
    policy: CertificatePolicy = call.runtime.service.policy
    rows = (row.value.county for row in policy.townships.rows if inside(row.id, call.principal.division))
    return next(rows, "")


async def _drawn(call: Call, form: Printed, certificate_ids: list[UUID], starts_on: Any) -> str:
    policy: CertificatePolicy = call.runtime.service.policy
    today, most = call.context.today, resolve.limits(call).persons_per_request
    offices.at_the_window(form, call.context)
    resolve.permitted(call, vault.Purpose.CERTIFICATE_SERVICE)
    if len(certificate_ids) > most:
        raise Malformed("too_many_persons", f"一次最多打印{most}人")
    async with resolve.sight(call) as conn:
        cases = [await _case(conn, call, certificate_id) for certificate_id in certificate_ids]
        for one in cases:
            contents.fits(form, one, policy, today)
        days = contents.period(cases, starts_on, policy, today) if form is Printed.NOTICE else None
        holders = await _holders(conn, call, form, cases)
    if holders is None:
        raise NotFound("person_unknown", "没有此人，或不在您的辖区")
    if days:
        return as_html(contents.posted(cases[0].state.file.division, holders, days, policy, today))
    return as_html(contents.drawn(form, cases[0], holders[0], policy, today))


async def _case(conn: Any, call: Call, certificate_id: UUID) -> Case:
    """The stream of a certificate in the caller's sight; to others it is unknown."""
    seen = await conn.fetchval("SELECT true FROM views.certificate_view WHERE certificate_id = $1", certificate_id)
    past = await call.runtime.store.read(conn, certificate_id) if seen else []
    return contents.case(certificate_id, [recorded.event for recorded in past])


async def _holders(conn: Any, call: Call, form: Printed, cases: Sequence[Case]) -> list[Holder] | None:
    """Whose forms they are, as recorded looks; None when somebody is not in the caller's sight (recorded, too)."""
    wanted = list(dict.fromkeys(one.state.file.person_id for one in cases))
    found = await resolve.look(conn, call, vault.Purpose.CERTIFICATE_SERVICE, f"form/{form}", wanted)
    if len(found) < len(wanted):
        return None
    guardians = await vault.guardians(conn, wanted)
    holders = {person.person_id: Holder(person.name, guardians.get(person.person_id), _minor(person, call)) for person in found}
    return [holders[one.state.file.person_id] for one in cases]


def _minor(person: vault.Identity, call: Call) -> bool:
    """Under eighteen today."""
    born = birth_date(person.citizen_id)
    return born is not None and call.context.today < add_months(born, 18 * 12)
