"""What is no refusal of ours, as an answer: 503 where the database is away, full or overburdened, 500 for a fault, which is logged.

A fault that repeats is written with its whole trace once a minute and as one line otherwise: a full disk must not fill another one.
"""

import socket
import time
from traceback import extract_tb

import asyncpg
import structlog

from services.engine.retry import DATABASE_AWAY
from services.kernel.errors import ShouwangError

log = structlog.get_logger()
TRACED = 60.0  # seconds between two traces of one place
_AWAY = (
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    *DATABASE_AWAY,
)  # no other OSError: a file that is missing is a fault of ours


class Unavailable(ShouwangError):
    """Nothing was stored, and the request may come again as it is. HTTP 503."""

    status = 503


class Faults:
    """What becomes of the errors of one application; remembers which places were traced lately."""

    def __init__(self) -> None:
        self._traced: dict[str, float] = {}

    def answer(self, error: Exception) -> ShouwangError:
        """The refusal that a caller is told instead of this error, which is logged here."""
        if isinstance(error, _AWAY) and not isinstance(
            error, ValueError
        ):  # asyncpg's DataError is both: a value that it cannot send
            log.warning("not_available", error=type(error).__name__)
            if isinstance(error, asyncpg.DiskFullError):
                return Unavailable("storage_full", "存储空间已满，暂不能办理")
            return Unavailable("not_available", "系统暂时不可用，请稍后重新提交")
        self._log(error)
        return ShouwangError("internal_error", "系统内部错误，已记录")

    def _log(self, error: Exception) -> None:
        frames = extract_tb(error.__traceback__)
        place, now = (f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"), time.monotonic()
        repeated = now - self._traced.get(place, -TRACED) < TRACED
        if not repeated:
            self._traced[place] = now
        log.error("request_failed", error=type(error).__name__, at=place, exc_info=None if repeated else error)
