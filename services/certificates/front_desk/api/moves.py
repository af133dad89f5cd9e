"""The endpoint of a move: a person's village changes, and what waits for the village goes along."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Response

from services.certificates.outreach import decider
from services.certificates.outreach.decider import OUTREACH, FollowMove
from services.certificates.person import vault
from services.certificates.person.api.registration import decided
from services.certificates.person.decider import Move
from services.shell.http.call import Answer, Call, body, command
from services.shell.http.fields import Village

router = APIRouter()


@body
class NewVillage:
    """The village (twelve digits) of the new hukou."""

    to_division: Village


@router.post("/persons/{person_id}/move")
async def move(person_id: UUID, asked: NewVillage, call: Call = command("persons.register")) -> Response:
    """The hukou moved inside the prefecture; certificates are transferred on their own (办法 art. 23)."""

    async def work(conn: Any) -> Answer:
        await vault.known(conn, person_id, call.principal.division)
        done = await decided(conn, call, person_id, Move(asked.to_division))
        follow = replace(call.context, seed=uuid5(call.context.seed, "outreach"))
        await call.runtime.executor.execute(conn, OUTREACH, decider.of(person_id), FollowMove(asked.to_division), follow)
        await vault.moved(conn, person_id, asked.to_division)
        return await call.answered(conn, person_id, done)

    return await call.transact(work)
