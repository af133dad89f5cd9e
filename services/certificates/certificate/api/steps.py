"""The steps that are one command on one certificate and nothing else: a table of path, command and scope."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from services.certificates.certificate import commands
from services.certificates.certificate.decider import CERTIFICATE
from services.kernel.errors import Conflict, ShouwangError
from services.shell.http_call import Answer, Call, body, command

router = APIRouter()
STEPS: dict[str, tuple[type, str]] = {
    "forward": (commands.Forward, "certificates.forward"),
    "accept": (commands.Accept, "certificates.decide"),
    "return": (commands.Return, "certificates.decide"),
    "resubmit": (commands.Resubmit, "certificates.apply"),
    "withdraw": (commands.Withdraw, "certificates.apply"),
    "refuse": (commands.Refuse, "certificates.decide"),
    "notice-given": (commands.GiveNotice, "certificates.apply"),
    "order-assessment": (commands.OrderAssessment, "certificates.decide"),
    "missed-visit": (commands.NoteMissed, "certificates.schedule"),
    "assessment": (commands.CompleteAssessment, "certificates.assess"),
    "public-notice": (commands.OrderNotice, "certificates.decide"),
    "public-notice/post": (commands.StartNotice, "certificates.post"),
    "public-notice/close": (commands.CloseNotice, "certificates.post"),
    "dispute": (commands.Dispute, "certificates.apply"),
    "dispute/decide": (commands.DecideDispute, "certificates.judge"),
    "renew": (commands.Renew, "certificates.decide"),
    "review": (commands.OpenReview, "certificates.decide"),
    "review/close": (commands.CloseReview, "certificates.decide"),
    "replace": (commands.Replace, "certificates.decide"),
    "lost": (commands.ReportLost, "certificates.apply"),
    "transfer-in": (commands.TransferIn, "certificates.decide"),
    "propose": (commands.Propose, "certificates.decide"),
    "dismiss": (commands.Dismiss, "certificates.decide"),
    "holder-told": (commands.TellHolder, "certificates.apply"),
    "freeze": (commands.Freeze, "certificates.decide"),
    "unfreeze": (commands.Unfreeze, "certificates.decide"),
}


def _door(path: str, asked_for: type, scope: str) -> None:
    asked_for.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]

    async def step(certificate_id: UUID, asked: Any, call: Call = command(scope)) -> Response:
        return await call.execute(CERTIFICATE, certificate_id, asked)

    step.__name__ = path.replace("-", "_").replace("/", "_")
    step.__doc__ = asked_for.__doc__
    step.__annotations__["asked"] = asked_for
    router.post(f"/certificates/{{certificate_id}}/{path}")(step)


# What a clerk does to many at once in the morning: steps that say nothing but themselves.
IN_BATCHES = ("forward", "accept", "public-notice", "public-notice/post", "public-notice/close", "renew", "transfer-in")


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
    asked_for, scope = STEPS[asked.step]
    call.require(scope)

    async def work(conn: Any) -> Answer:
        outcomes = {}
        for certificate_id in dict.fromkeys(asked.certificate_ids):
            context = replace(call.context, seed=uuid5(call.context.seed, str(certificate_id)))
            try:
                async with conn.transaction():
                    await call.runtime.executor.execute(conn, CERTIFICATE, certificate_id, asked_for(), context)
                outcomes[str(certificate_id)] = "done"
            except Conflict:
                raise
            except ShouwangError as refusal:
                outcomes[str(certificate_id)] = refusal.code
        return Answer(200, {"outcomes": outcomes}, {})

    return await call.transact(work)


for _path, (_command, _scope) in STEPS.items():
    _door(_path, _command, _scope)
