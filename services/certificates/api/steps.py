"""The steps that are one command on one certificate and nothing else: a table of path, command and scope."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ConfigDict

from services.certificates import commands as c
from services.certificates.certificate import CERTIFICATE
from services.shell.http import Call, command

router = APIRouter()
STEPS: dict[str, tuple[type, str]] = {
    "forward": (c.Forward, "certificates.forward"),
    "accept": (c.Accept, "certificates.decide"),
    "return": (c.Return, "certificates.decide"),
    "resubmit": (c.Resubmit, "certificates.apply"),
    "withdraw": (c.Withdraw, "certificates.apply"),
    "refuse": (c.Refuse, "certificates.decide"),
    "notice-given": (c.GiveNotice, "certificates.apply"),
    "order-assessment": (c.OrderAssessment, "certificates.decide"),
    "schedule-visit": (c.ScheduleVisit, "certificates.schedule"),
    "missed-visit": (c.NoteMissed, "certificates.schedule"),
    "assessment": (c.CompleteAssessment, "certificates.assess"),
    "public-notice": (c.OrderNotice, "certificates.decide"),
    "public-notice/post": (c.StartNotice, "certificates.post"),
    "public-notice/close": (c.CloseNotice, "certificates.post"),
    "dispute": (c.Dispute, "certificates.apply"),
    "dispute/decide": (c.DecideDispute, "certificates.judge"),
    "renew": (c.Renew, "certificates.decide"),
    "review": (c.OpenReview, "certificates.decide"),
    "review/close": (c.CloseReview, "certificates.decide"),
    "replace": (c.Replace, "certificates.decide"),
    "lost": (c.ReportLost, "certificates.apply"),
    "transfer-in": (c.TransferIn, "certificates.decide"),
    "propose": (c.Propose, "certificates.decide"),
    "dismiss": (c.Dismiss, "certificates.decide"),
    "holder-told": (c.TellHolder, "certificates.apply"),
    "freeze": (c.Freeze, "certificates.decide"),
    "unfreeze": (c.Unfreeze, "certificates.decide"),
}


def _door(path: str, asked_for: type, scope: str) -> None:
    asked_for.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]

    async def step(certificate_id: UUID, asked: Any, call: Call = command(scope)) -> Response:
        return await call.execute(CERTIFICATE, certificate_id, asked)

    step.__name__ = path.replace("-", "_").replace("/", "_")
    step.__doc__ = asked_for.__doc__
    step.__annotations__["asked"] = asked_for
    router.post(f"/certificates/{{certificate_id}}/{path}")(step)


for _path, (_command, _scope) in STEPS.items():
    _door(_path, _command, _scope)
