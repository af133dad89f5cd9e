"""That a citizen id is registered already is told to whoever registers it, and written down; who tries one id after the other is stopped.

Else the endpoint would answer for any id of anybody whether its person is disabled, and nobody would know that it was asked.
"""

from collections.abc import Awaitable, Callable

from fastapi import Response

from services.certificates.person import vault
from services.certificates.person.api.resolve import TooManyReads, limits
from services.shell.http.call import Call

PURPOSE = "REGISTRATION"


async def told(call: Call, attempt: Callable[[], Awaitable[Response]], reference: str) -> Response:
    """Make the attempt; when the id turns out to be known, that is recorded as a look at its person, shown only in the caller's division.

    Raises `TooManyReads` after too many ids of other places within a day, known or not.
    """
    await _few(call)
    try:
        return await attempt()
    except vault.PersonKnown as known:
        granted = {known.person_id: known.division} if known.seen else {}
        async with call.runtime.pool.acquire() as conn, conn.transaction():
            await vault.record(conn, call.principal, PURPOSE, reference, granted, [known.person_id])
        raise


async def _few(call: Call) -> None:
    """Raises `TooManyReads`; what is looked up outside any transaction, so that clerks do not wait for each other."""
    if await vault.refused_today(call.runtime.pool, call.principal, PURPOSE) >= limits(call).known_ids_per_day:
        raise TooManyReads("too_many_known_ids", "一日内查到已在其他地区登记的身份证号过多，请次日再办或联系上级残联")
