"""Steps that touch more than the certificate's stream: applications, objections, numbers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.certificates import commands as c
from services.certificates import numbers, queries, vault
from services.certificates.certificate import CERTIFICATE
from services.certificates.terms import Applicant, ApplicationChannel, CancellationReason
from services.certificates.validity import add_months
from services.shell.http import Answer, Call, body, command, uuid7

router = APIRouter()
Text = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


@body
class NewApplication:
    """An application for a registered person; `division` is the village of the hukou, by default that of residence.

    `accepting_county` (six digits): for 跨省通办; `despite` (code): why a clerk takes it inside a bar.
    """

    person_id: UUID
    channel: ApplicationChannel
    division: Annotated[str, Field(max_length=20)] | None = None
    applicant: Applicant = Applicant.SELF
    accepting_county: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None
    despite: c.Code | None = None


@body
class Card:
    """The card; `number` as printed, by default composed of citizen id, category and grade."""

    number: Annotated[str, Field(max_length=40)] | None = None


@body
class Objection:
    """What somebody said against the notice; confidential."""

    said: Text


@body
class Reply:
    """What was answered, and whether the objection is right."""

    answer: Text
    upheld: bool


@router.post("/applications", status_code=201)
async def apply(asked: NewApplication, call: Call = command("certificates.apply")) -> Response:
    """Apply; the answer's `id` is the certificate's."""
    certificate_id = uuid7()

    async def work(conn: Any) -> Answer:
        person = await vault.known(conn, asked.person_id, call.principal.division)
        minor = call.context.today < add_months(person.born, 18 * 12)
        standing = await queries.standing(conn, asked.person_id, minor, person.guardian, person.dead)
        county = len(call.principal.division) == 6 and call.principal.agency == "CL"
        wanted = c.Apply(
            asked.person_id, asked.division or person.division, asked.channel, standing, asked.applicant, asked.accepting_county,
            asked.despite if county else None,
        )  # fmt: skip
        execute = call.runtime.executor.execute
        done = await execute(conn, CERTIFICATE, certificate_id, wanted, call.context, call.expected_version)
        return await call.answered(conn, certificate_id, done, 201)

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/objections", status_code=201)
async def object_(certificate_id: UUID, asked: Objection, call: Call = command("certificates.apply")) -> Response:
    """异议: against a public notice; the answer's `objection_id` is how it is answered."""
    objection_id = uuid7()

    async def work(conn: Any) -> Answer:
        done = await _execute(conn, call, certificate_id, c.RaiseObjection(objection_id))
        today = call.context.today
        await vault.object_(conn, objection_id, certificate_id, done[0].division, asked.said, call.principal, today)
        return await call.answered(conn, certificate_id, done, 201, objection_id=str(objection_id))

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/objections/{objection_id}/answer")
async def answer(certificate_id: UUID, objection_id: UUID, asked: Reply, call: Call = command("certificates.decide")) -> Response:
    """Answer an objection."""

    async def work(conn: Any) -> Answer:
        done = await _execute(conn, call, certificate_id, c.AnswerObjection(objection_id, asked.upheld))
        await vault.answered(conn, objection_id, asked.answer, asked.upheld, call.context.today)
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/issue")
async def issue(certificate_id: UUID, asked: Card, call: Call = command("certificates.decide")) -> Response:
    """发证."""

    async def work(conn: Any) -> Answer:
        guardian = await queries.has_guardian(conn, certificate_id)
        done = await _execute(conn, call, certificate_id, c.Issue(guardian))
        new = done[0]
        await numbers.given(
            conn, certificate_id, new.event, 0, new.division, asked.number, call.principal, new.event.valid_from
        )  # fmt: skip
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/regrade")
async def regrade(certificate_id: UUID, asked: Card, call: Call = command("certificates.decide")) -> Response:
    """变更: a new card after the new conclusion; its number changes with category and grade."""

    async def work(conn: Any) -> Answer:
        done = await _execute(conn, call, certificate_id, c.Regrade())
        new = done[0]
        await numbers.given(
            conn, certificate_id, new.event, 0, new.division, asked.number, call.principal, new.event.valid_from
        )  # fmt: skip
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/reissue")
async def reissue(certificate_id: UUID, asked: Card, call: Call = command("certificates.decide")) -> Response:
    """补办: the number gets the next suffix."""

    async def work(conn: Any) -> Answer:
        done = await _execute(conn, call, certificate_id, c.Reissue())
        new, card = done[0], await queries.card(conn, certificate_id)
        on = new.event.reissued_on
        await numbers.given(conn, certificate_id, card, new.event.suffix, new.division, asked.number, call.principal, on)
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@body
class Transfer:
    """The village (twelve digits) to which the holder's hukou moved."""

    to_division: c.Division


@router.post("/certificates/{certificate_id}/transfer-out")
async def transfer_out(certificate_id: UUID, asked: Transfer, call: Call = command("certificates.decide")) -> Response:
    """迁出; the receiving county takes it over with `transfer-in`."""

    async def work(conn: Any) -> Answer:
        done = await _execute(conn, call, certificate_id, c.TransferOut(asked.to_division))
        await numbers.moved(conn, certificate_id, asked.to_division)
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@body
class Cancellation:
    """Why it is cancelled, and on what evidence (code)."""

    reason: CancellationReason
    evidence: c.Code = "declaration"


@router.post("/certificates/{certificate_id}/cancel")
async def cancel(certificate_id: UUID, asked: Cancellation, call: Call = command("certificates.decide")) -> Response:
    """注销."""

    async def work(conn: Any) -> Answer:
        done = await _execute(conn, call, certificate_id, c.Cancel(asked.reason, asked.evidence))
        await numbers.ended(conn, certificate_id, done[0].event.cancelled_on)
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@body
class Revocation:
    """On what evidence (code) the cancellation is revoked."""

    evidence: c.Code


@router.post("/certificates/{certificate_id}/revoke-cancellation")
async def revoke(certificate_id: UUID, asked: Revocation, call: Call = command("certificates.decide")) -> Response:
    """撤销注销: number, dates and reminders hold again."""

    async def work(conn: Any) -> Answer:
        done = await _execute(conn, call, certificate_id, c.RevokeCancellation(asked.evidence))
        await numbers.restored(conn, certificate_id)
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


async def _execute(conn: Any, call: Call, certificate_id: UUID, asked: c.Command) -> list[Any]:
    return await call.runtime.executor.execute(conn, CERTIFICATE, certificate_id, asked, call.context, call.expected_version)
