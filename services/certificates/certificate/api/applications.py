"""Steps that touch more than the certificate's stream: applications, objections, numbers."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.certificates import vocabulary
from services.certificates.certificate import commands, numbers, queries
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.certificate.who_may import scope_of
from services.certificates.person import vault
from services.certificates.vocabulary import Applicant, ApplicationChannel, CancellationReason
from services.domain.codes import Code
from services.domain.divisions import Level, level
from services.domain.months import add_months
from services.kernel.events import Recorded
from services.shell.http.call import Answer, Call, body, command, uuid7
from services.shell.http.fields import County, Village, some_line, some_lines

router = APIRouter()
Text = Annotated[str, some_lines(2000)]
CardNumber = Annotated[str, some_line(40)]  # as printed; `numbers.py` judges it


@body
class NewApplication:
    """An application for a registered person; `division` is the village of the hukou, by default that of residence.

    `accepting_county` (six digits): for 跨省通办; `despite` (code): why a clerk takes it inside a bar.
    """

    person_id: UUID
    channel: ApplicationChannel
    division: Village | None = None
    applicant: Applicant = Applicant.SELF
    accepting_county: County | None = None
    despite: Code | None = None


@body
class Card:
    """The card; `number` as printed, by default composed of citizen id, category and grade."""

    number: CardNumber | None = None


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
async def apply(asked: NewApplication, call: Call = command(scope_of(commands.Apply))) -> Response:
    """Apply; the answer's `id` is the certificate's."""
    certificate_id = uuid7()

    async def work(conn: Any) -> Answer:
        person = await vault.known(conn, asked.person_id, call.principal.division)
        minor = call.context.today < add_months(person.born, 18 * 12)
        standing = await queries.standing(conn, asked.person_id, minor, person.guardian, person.dead)
        county = level(call.principal.division) is Level.COUNTY and call.principal.agency == "CL"
        wanted = commands.Apply(
            asked.person_id,
            asked.division or person.division,
            asked.channel,
            standing,
            asked.applicant,
            asked.accepting_county,
            asked.despite if county else None,
        )
        execute = call.runtime.executor.execute
        done = await execute(conn, CERTIFICATE, certificate_id, wanted, call.context, call.expected_version)
        return await call.answered(conn, certificate_id, done, 201)

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/objections", status_code=201)
async def object_(certificate_id: UUID, asked: Objection, call: Call = command(scope_of(commands.RaiseObjection))) -> Response:
    """异议: against a public notice; the answer's `objection_id` is how it is answered."""
    objection_id = uuid7()

    async def keep(conn: Any, new: Recorded) -> None:
        place, day = new.division, call.context.today
        await vault.object_(conn, objection_id, certificate_id, place, asked.said, call.principal, day)

    return await _step(call, certificate_id, commands.RaiseObjection(objection_id), keep, 201, objection_id=str(objection_id))


@router.post("/certificates/{certificate_id}/objections/{objection_id}/answer")
async def answer(
    certificate_id: UUID, objection_id: UUID, asked: Reply, call: Call = command(scope_of(commands.AnswerObjection))
) -> Response:
    """Answer an objection."""

    async def keep(conn: Any, _: Recorded) -> None:
        await vault.answered(conn, objection_id, asked.answer, asked.upheld, call.context.today)

    return await _step(call, certificate_id, commands.AnswerObjection(objection_id, asked.upheld), keep)


@router.post("/certificates/{certificate_id}/issue")
async def issue(certificate_id: UUID, asked: Card, call: Call = command(scope_of(commands.Issue))) -> Response:
    """发证."""

    async def work(conn: Any) -> Answer:
        guardian = await queries.has_guardian(conn, certificate_id)
        done = await _execute(conn, call, certificate_id, commands.Issue(guardian))
        await _numbered(conn, call, done[0], asked)
        return await call.answered(conn, certificate_id, done)

    return await call.transact(work)


@router.post("/certificates/{certificate_id}/regrade")
async def regrade(certificate_id: UUID, asked: Card, call: Call = command(scope_of(commands.Regrade))) -> Response:
    """变更: a new card after the new conclusion; its number changes with category and grade."""

    async def keep(conn: Any, new: Recorded) -> None:
        await _numbered(conn, call, new, asked)

    return await _step(call, certificate_id, commands.Regrade(), keep)


@router.post("/certificates/{certificate_id}/reissue")
async def reissue(certificate_id: UUID, asked: Card, call: Call = command(scope_of(commands.Reissue))) -> Response:
    """补办: the number gets the next suffix."""

    async def keep(conn: Any, new: Recorded) -> None:
        card, on = await queries.card(conn, certificate_id), new.event.reissued_on
        await numbers.given(conn, certificate_id, card, new.event.suffix, new.division, asked.number, call.principal, on)

    return await _step(call, certificate_id, commands.Reissue(), keep)


@body
class Transfer:
    """The village (twelve digits) to which the holder's hukou moved."""

    to_division: vocabulary.Division


@router.post("/certificates/{certificate_id}/transfer-out")
async def transfer_out(certificate_id: UUID, asked: Transfer, call: Call = command(scope_of(commands.TransferOut))) -> Response:
    """迁出; the receiving county takes it over with `transfer-in`."""

    async def keep(conn: Any, _: Recorded) -> None:
        await numbers.moved(conn, certificate_id, asked.to_division)

    return await _step(call, certificate_id, commands.TransferOut(asked.to_division), keep)


@body
class Cancellation:
    """Why it is cancelled, and on what evidence (code)."""

    reason: CancellationReason
    evidence: Code = "declaration"


@router.post("/certificates/{certificate_id}/cancel")
async def cancel(certificate_id: UUID, asked: Cancellation, call: Call = command(scope_of(commands.Cancel))) -> Response:
    """注销."""

    async def keep(conn: Any, new: Recorded) -> None:
        await numbers.ended(conn, certificate_id, new.event.cancelled_on)

    return await _step(call, certificate_id, commands.Cancel(asked.reason, asked.evidence), keep)


@body
class Revocation:
    """On what evidence (code) the cancellation is revoked."""

    evidence: Code


@router.post("/certificates/{certificate_id}/revoke-cancellation")
async def revoke(certificate_id: UUID, asked: Revocation, call: Call = command(scope_of(commands.RevokeCancellation))) -> Response:
    """撤销注销: number, dates and reminders hold again."""

    async def keep(conn: Any, _: Recorded) -> None:
        await numbers.restored(conn, certificate_id)

    return await _step(call, certificate_id, commands.RevokeCancellation(asked.evidence), keep)


async def _execute(conn: Any, call: Call, certificate_id: UUID, asked: commands.Command) -> list[Any]:
    return await call.runtime.executor.execute(conn, CERTIFICATE, certificate_id, asked, call.context, call.expected_version)


async def _step(
    call: Call,
    certificate_id: UUID,
    asked: commands.Command,
    keep: Callable[[Any, Recorded], Awaitable[None]],
    status: int = 200,
    **extra: Any,
) -> Response:
    """One command, and what the register keeps beside its event, in one transaction."""

    async def work(conn: Any) -> Answer:
        done = await _execute(conn, call, certificate_id, asked)
        await keep(conn, done[0])
        return await call.answered(conn, certificate_id, done, status, **extra)

    return await call.transact(work)


async def _numbered(conn: Any, call: Call, new: Recorded, asked: Card) -> None:
    """The number of a card that begins with this event."""
    card = new.event
    await numbers.given(conn, new.stream_id, card, 0, new.division, asked.number, call.principal, card.valid_from)
