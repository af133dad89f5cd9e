"""The endpoint at which a gateway of texts or calls leaves its receipts. Knows no database: who settles them is handed in.

It has no bearer token; the gateway's signature takes its place. A receipt that overtook our own record of the sending is answered
404, so that the gateway brings it again, as it does after any answer but 204 (a lost race is 412).
"""

import time
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from pydantic import SecretStr

from services.notifications.channels.letter import Receipt
from services.notifications.channels.receipt import Doubt, read
from services.shell.http.app import problem

Settle = Callable[[Request, str, Receipt], Awaitable[bool]]
_STATUS = {Doubt.FORGED: 401, Doubt.STALE: 401, Doubt.UNREADABLE: 400}
_WHY = {
    Doubt.FORGED: "签名不符，不是该网关的签名",
    Doubt.STALE: "时间戳与当前时间相差过大",
    Doubt.UNREADABLE: "回执格式不符",
}


def receipts_router(
    gateway: str, secret: Callable[[], SecretStr | None], settle: Settle, now: Callable[[], float] = time.time
) -> APIRouter:
    """`POST /receipts/{gateway}`. `settle(request, reference, receipt)` answers whether the message is known; it bears repeats in any
    order.

    `secret()` is asked for each receipt, so that an exchanged one holds without a restart; None where no gateway is configured.
    """
    router = APIRouter()

    @router.post(f"/receipts/{gateway}", status_code=204, operation_id=f"receipts_{gateway}")
    async def receipts(request: Request) -> Response:
        """A receipt of the gateway, signed by it; 204 also for a repeat, 404 for a message that is not ours (yet)."""
        known = secret()
        if known is None:
            return problem(404, "not_configured", "未配置该网关")
        found = read(request.headers, await request.body(), known, now())
        if isinstance(found, Doubt):
            return problem(_STATUS[found], found.value, _WHY[found])
        if not await settle(request, found.reference, found.receipt):
            return problem(404, "message_unknown", "没有这条消息")
        return Response(status_code=204)

    return router
