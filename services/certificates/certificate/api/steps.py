"""The steps that are one command on one certificate and nothing else: an endpoint for each command that names its path (`who_may.py`)."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.certificate.who_may import ASKED, scope_of
from services.kernel.errors import Conflict, ShouwangError
from services.shell.http.call import Answer, Call, body, command

router = APIRouter()
STEPS = {asked.path: command for command, asked in ASKED.items() if asked.path}
IN_BATCHES = tuple(asked.path for asked in ASKED.values() if asked.in_batches)  # what a clerk does to many at once in the morning


def _door(path: str, step: type) -> None:
    """An endpoint of its own for this command: its fields are the request's body, its docstring the description."""
    step.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]

    async def endpoint(certificate_id: UUID, asked: Any, call: Call = command(scope_of(step))) -> Response:
        return await call.execute(CERTIFICATE, certificate_id, asked)

    endpoint.__name__ = path.replace("-", "_").replace("/", "_")
    endpoint.__doc__ = step.__doc__
    endpoint.__annotations__["asked"] = step
    router.post(f"/certificates/{{certificate_id}}/{path}")(endpoint)


@body
class Batch:
    """One step for many certificates."""

    step: Literal[IN_BATCHES]  # type: ignore[valid-type]
    certificate_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """For each certificate `done`, or the code of the refusal."""

    outcomes: dict[UUID, str]


@router.post("/desk/steps", response_model=Outcomes)
async def batch(asked: Batch, call: Call = command("desk.read")) -> Response:
    """Take a step for many; each on its own, so that one refusal stops no other."""
    step = STEPS[asked.step]
    call.require(scope_of(step))

    async def work(conn: Any) -> Answer:
        outcomes = {}
        for certificate_id in dict.fromkeys(asked.certificate_ids):
            context = replace(call.context, seed=uuid5(call.context.seed, str(certificate_id)))
            try:
                async with conn.transaction():
                    await call.runtime.executor.execute(conn, CERTIFICATE, certificate_id, step(), context)
                outcomes[str(certificate_id)] = "done"
            except Conflict:
                raise
            except ShouwangError as refusal:
                outcomes[str(certificate_id)] = refusal.code
        return Answer(200, {"outcomes": outcomes}, {})

    return await call.transact(work)


for _path, _step in STEPS.items():
    _door(_path, _step)
