"""A person's death: a lead from a list, a clerk's confirmation, and its correction, with what each means for the certificates."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Response

from services.certificates.certificate import commands, numbers, queries
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.person import vault
from services.certificates.person.decider import PERSON, ConfirmDeath, CorrectDeath, ReportDeath
from services.certificates.vocabulary import CancellationReason, ProposalSource, ProposedAction
from services.domain.codes import Code
from services.kernel.errors import Malformed
from services.kernel.execute import Order
from services.shell.http.call import Answer, Call, body, command
from services.shell.http.fields import Day

router = APIRouter()


@body
class DeathLead:
    """Which list or office says so (code)."""

    source: Code


@body
class Death:
    """The day, and the evidence (code)."""

    died_on: Day
    evidence: Code


@body
class DeathCorrection:
    """The evidence (code) that the person lives."""

    evidence: Code


@router.post("/persons/{person_id}/death/report")
async def report(person_id: UUID, asked: DeathLead, call: Call = command("certificates.decide")) -> Response:
    """A lead: nothing happens to the person's certificates but a proposal for a clerk."""

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        propose = commands.Propose(ProposedAction.CANCEL, CancellationReason.DEATH.value, ProposalSource.DEATH_LEAD)
        held = await queries.issued_to(conn, person_id)
        return await _together(conn, call, person_id, ReportDeath(asked.source), held, propose)

    return await call.transact(work)


@router.post("/persons/{person_id}/death")
async def confirm(person_id: UUID, asked: Death, call: Call = command("certificates.decide")) -> Response:
    """A clerk confirms: the certificates are cancelled in the same step."""

    async def work(conn: Any) -> Answer:
        person = await vault.known(conn, person_id, call.principal.division)
        if asked.died_on < person.born:
            raise Malformed("death_before_birth", "死亡日期不得早于出生日期")
        held, cancel = await queries.issued_to(conn, person_id), commands.Cancel(CancellationReason.DEATH, asked.evidence)
        answer = await _together(conn, call, person_id, ConfirmDeath(asked.died_on, asked.evidence), held, cancel)
        await vault.died(conn, person_id, asked.died_on)
        for certificate_id in held:
            await numbers.ended(conn, certificate_id, call.context.today)
        return answer

    return await call.transact(work)


@router.post("/persons/{person_id}/death/correct")
async def correct(person_id: UUID, asked: DeathCorrection, call: Call = command("certificates.decide")) -> Response:
    """The person lives: number, dates and reminders of the certificates cancelled for it hold again."""

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        lost, revoke = await queries.cancelled_for_death(conn, person_id), commands.RevokeCancellation(asked.evidence)
        answer = await _together(conn, call, person_id, CorrectDeath(asked.evidence), lost, revoke)
        await vault.died(conn, person_id, None)
        for certificate_id in lost:
            await numbers.restored(conn, certificate_id)
        return answer

    return await call.transact(work)


async def _together(conn: Any, call: Call, person_id: UUID, first: Any, certificates: list[UUID], then: commands.Command) -> Answer:
    """One command on the person and one on each certificate, in one transaction."""
    orders = [Order(PERSON, person_id, first, call.context, call.expected_version)]
    for certificate_id in certificates:
        context = replace(call.context, seed=uuid5(call.context.seed, str(certificate_id)))
        orders.append(Order(CERTIFICATE, certificate_id, then, context))
    done = await call.runtime.executor.execute_many(conn, orders)
    mine = [recorded for recorded in done if recorded.stream_id == person_id]
    return await call.answered(conn, person_id, mine, certificates=[str(certificate_id) for certificate_id in certificates])
