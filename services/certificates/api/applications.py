"""From application to issue: one path per step, each one command."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.certificates import application as a
from services.certificates import queries, vault
from services.certificates.certificate import CERTIFICATE
from services.certificates.events import ApplicationChannel, Category
from services.shell.http import Answer, Call, body, command, uuid7

router = APIRouter()
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{1,39}$")]  # a code, so that nobody writes about a person


@body
class NewApplication:
    """An application for a registered person; `division` is the village of the hukou, by default that of residence."""

    person_id: UUID
    channel: ApplicationChannel
    division: Annotated[str, Field(max_length=20)] | None = None


@body
class Missing:
    """What is missing (code)."""

    missing: Code


@body
class Reason:
    """Why it is refused (code)."""

    reason: Code


@body
class Institution:
    """Which designated institution (code)."""

    institution: Code


@body
class Conclusion:
    """The institution's conclusion."""

    meets_standard: bool
    category: Category | None = None
    grade: int | None = None


@body
class Objections:
    """How many objections the notice drew."""

    objections: Annotated[int, Field(ge=0, le=100_000)]


@body
class Nothing:
    """An empty body."""


@router.post("/applications", status_code=201)
async def apply(asked: NewApplication, call: Call = command("certificates.apply")) -> Response:
    """Apply; the answer's `id` is the certificate's."""
    certificate_id = uuid7()

    async def work(conn: Any) -> Answer:
        lives_in = await vault.residence(conn, asked.person_id, call.principal.division)
        known = await queries.standing(conn, asked.person_id)
        wanted = a.Apply(asked.person_id, asked.division or lives_in, asked.channel, known)
        execute = call.runtime.executor.execute
        done = await execute(conn, CERTIFICATE, certificate_id, wanted, call.context, call.expected_version)
        return await call.answered(conn, certificate_id, done, 201)

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/accept")
async def accept(certificate_id: UUID, _: Nothing, call: Call = command("certificates.decide")) -> Response:
    """受理."""
    return await call.execute(CERTIFICATE, certificate_id, a.Accept())


@router.post("/certificates/{certificate_id}/return")
async def send_back(certificate_id: UUID, asked: Missing, call: Call = command("certificates.decide")) -> Response:
    """补正."""
    return await call.execute(CERTIFICATE, certificate_id, a.Return(asked.missing))


@router.post("/certificates/{certificate_id}/resubmit")
async def resubmit(certificate_id: UUID, _: Nothing, call: Call = command("certificates.decide")) -> Response:
    """Hand in again after a return."""
    return await call.execute(CERTIFICATE, certificate_id, a.Resubmit())


@router.post("/certificates/{certificate_id}/refuse")
async def refuse(certificate_id: UUID, asked: Reason, call: Call = command("certificates.decide")) -> Response:
    """不予办理."""
    return await call.execute(CERTIFICATE, certificate_id, a.Refuse(asked.reason))


@router.post("/certificates/{certificate_id}/order-assessment")
async def order_assessment(certificate_id: UUID, asked: Institution, call: Call = command("certificates.decide")) -> Response:
    """Refer to a designated institution."""
    return await call.execute(CERTIFICATE, certificate_id, a.OrderAssessment(asked.institution))


@router.post("/certificates/{certificate_id}/assessment")
async def assessment(certificate_id: UUID, asked: Conclusion, call: Call = command("certificates.assess")) -> Response:
    """评定: the institution's conclusion."""
    conclusion = a.CompleteAssessment(asked.meets_standard, asked.category, asked.grade)
    return await call.execute(CERTIFICATE, certificate_id, conclusion)


@router.post("/certificates/{certificate_id}/public-notice")
async def start_notice(certificate_id: UUID, _: Nothing, call: Call = command("certificates.decide")) -> Response:
    """公示."""
    return await call.execute(CERTIFICATE, certificate_id, a.StartNotice())


@router.post("/certificates/{certificate_id}/public-notice/close")
async def close_notice(certificate_id: UUID, asked: Objections, call: Call = command("certificates.decide")) -> Response:
    """Take the notice down, from the day after its last day on."""
    return await call.execute(CERTIFICATE, certificate_id, a.CloseNotice(asked.objections))
