"""What is tried again: which errors pass by themselves, a request's transaction that lost a race, what waits for a server that is away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import asyncpg
import structlog

from services.engine.registry import RegistryError
from services.kernel.errors import ClockInDoubt, Conflict, ShouwangError

T = TypeVar("T")
TRIES = 6  # after an outage a scheduler does many things at one notice, one right after the other
log = structlog.get_logger()
DATABASE_AWAY = (  # what is said of a database that is away, full, overburdened, or takes another transaction first
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the client makes of a session that the server ends in the middle of a question
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.exceptions.FeatureNotSupportedError,  # a statement prepared before a projection was swapped
    asyncpg.exceptions.InvalidCachedStatementError,
)
TRANSIENT = (OSError, ClockInDoubt, Conflict, aiohttp.ClientError, RegistryError, *DATABASE_AWAY)


def passes(error: BaseException) -> bool:
    """Whether a fault passes by itself. A value that cannot be sent never does, though asyncpg calls it an error of the connection, too."""
    return isinstance(error, TRANSIENT) and not isinstance(error, ValueError)


def ends_if_asked(error: BaseException) -> None:
    """Raises `CancelledError` in a task that was asked to end: a fault of what it cleans up on its way would else hide that it was asked, and
    whoever tries again would run for ever."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error


def code_of(error: Exception) -> str:
    """Why something could not be handled, as a code: a refusal's own, or the class of a fault; never what it says."""
    return error.code if isinstance(error, ShouwangError) else type(error).__name__


class Busy(ShouwangError):
    """Others kept working on the same rows, and nothing was stored: the request may come again as it is. HTTP 503."""

    status = 503


async def raced(pool: asyncpg.Pool, work: Callable[[Any], Awaitable[T]], again: bool = True) -> T:
    """Run `work(conn)` in one transaction, up to six times. Raises `Conflict` (at once unless `again`) and `Busy`."""
    for left in reversed(range(TRIES)):
        try:
            async with pool.acquire() as conn, conn.transaction():
                return await work(conn)
        except Conflict:
            if not left or not again:
                raise
        except asyncpg.DeadlockDetectedError:
            if not left:
                raise Busy("busy", "同一数据正由他人办理，请稍后重新提交") from None
        await asyncio.sleep(0.32 / 2**left)
    raise AssertionError("unreachable")


class Outage:
    """One trouble that passes, from its first failure to the next success: how long to wait before each try, and two lines of log.

    It is told when it begins, when it becomes another one, and when it is over; not at each try. The waits double from `first` to
    `longest` seconds and begin anew only after `over`, so that what fails right after each start is not started ten times a second.
    """

    def __init__(self, event: str, first: float = 0.1, longest: float = 5.0, **about: Any) -> None:
        self._event, self._first, self._longest, self._about = event, first, longest, about
        self._delay, self._since, self._tries, self._kind = first, 0.0, 0, ""

    def failed(self, error: BaseException | str) -> float:
        """Note a failure, by its class or a code; the seconds to wait before the next try. Raises as `ends_if_asked`."""
        if isinstance(error, BaseException):
            ends_if_asked(error)
        kind, now = error if isinstance(error, str) else type(error).__name__, asyncio.get_running_loop().time()
        if not self._tries:
            self._since = now
        if kind != self._kind:
            log.warning(self._event, error=kind, **self._about)
        self._tries, self._kind = self._tries + 1, kind
        delay, self._delay = self._delay, min(2 * self._delay, self._longest)
        return delay

    def over(self) -> None:
        """Note a success; costs nothing when there was no trouble."""
        if self._tries:
            seconds = round(asyncio.get_running_loop().time() - self._since, 1)
            log.info(f"{self._event}_over", tries=self._tries, seconds=seconds, **self._about)
            self._delay, self._tries, self._kind = self._first, 0, ""
