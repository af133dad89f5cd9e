"""Whether this machine's time is to be trusted: compared with the seconds since its start, the database's time, and when anything last ran.

Each process compares every second and leaves a mark of the time it went by. A machine that kept running explains any pause by its own
seconds: a process that was down for weeks goes on at once. One that was started anew has lost them: a short time since the last mark
is taken as an outage, a longer one is in doubt, because a wrong time looks the same. While a clock is in doubt whoever asks it gets
`ClockInDoubt`; what the clock itself cannot resolve an operator does, by `confirm`, which is recorded. DECISIONS D113 to D115.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import structlog
from prometheus_client import Gauge

from services.engine.retry import TRANSIENT, Outage
from services.engine.runtime import Runtime
from services.kernel.clock import WAS_SET, Anchor
from services.kernel.events import SHANGHAI

log = structlog.get_logger()
IN_DOUBT = Gauge("shouwang_clocks_in_doubt", "processes that do nothing because their clock is in doubt", ["service"])
EVERY = 1.0  # seconds from look to look
MARKED = 10.0  # seconds from mark to mark
FRESH = timedelta(seconds=30)  # how long a mark is one of this moment
SLEW = 0.0005  # the most by which a time that nobody sets runs faster or slower than the seconds
# The database's time, and beside it each mark; a row without a mark where there is none yet.
_SEEN = """SELECT clock_timestamp() AS database, marks.* FROM (VALUES (1)) AS once LEFT JOIN (
        (SELECT boot, number, at, steady, seen_at, false AS confirmed FROM clock_mark WHERE at IS NOT NULL ORDER BY number DESC LIMIT 100)
        UNION ALL (SELECT boot, number, at, steady, seen_at, true FROM clock_confirmation ORDER BY number DESC LIMIT 1)
    ) AS marks ON true"""
_FRESH = "abs(extract(epoch FROM clock_timestamp() - seen_at)) < 60"
# Each marks its own process and counts the others that are in doubt.
_OTHERS = f"SELECT count(*) FROM clock_mark WHERE doubt <> '' AND {_FRESH} AND (boot, role) <> ($1, $2)"  # noqa: S608
_MARK = f"""WITH marked AS (INSERT INTO clock_mark (boot, role, at, steady, seen_at) VALUES ($1, $2, $3, $4, clock_timestamp())
    ON CONFLICT (boot, role) DO UPDATE
    SET number = excluded.number, at = excluded.at, steady = excluded.steady, seen_at = excluded.seen_at, doubt = '', shown = NULL)
    {_OTHERS}"""  # noqa: S608
_DOUBT = f"""WITH marked AS (INSERT INTO clock_mark (boot, role, doubt, shown, seen_at) VALUES ($1, $2, $3, $4, clock_timestamp())
    ON CONFLICT (boot, role) DO UPDATE
    SET doubt = excluded.doubt, shown = excluded.shown, seen_at = excluded.seen_at)
    {_OTHERS}"""  # noqa: S608
_IN_DOUBT = f"""SELECT boot, role, doubt, shown, seen_at, {_FRESH} AS fresh
    FROM clock_mark WHERE doubt <> '' ORDER BY role, boot"""  # noqa: S608
_CONFIRM = """INSERT INTO clock_confirmation (boot, at, steady, confirmed_by, reason, doubts, seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())"""


@dataclass(frozen=True, slots=True)
class Mark:
    """The time `at` that a machine in its start `boot` went by, `steady` seconds after that start, when the database's time was `seen_at`.

    `number` says which came later: times cannot, they are what is asked about. `confirmed`: an operator said so.
    """

    boot: str
    number: int
    at: datetime
    steady: float
    seen_at: datetime
    confirmed: bool = False

    @property
    def anchor(self) -> Anchor:
        """What its machine goes by."""
        return Anchor(self.at, self.steady)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is seen at one moment: the machine's time, the seconds since its start, which start that was, the database's time."""

    at: datetime
    steady: float
    boot: str
    database: datetime


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the machine's time is not to be trusted, as a code, and what it should be by whatever contradicts it."""

    code: str
    expected: datetime


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A process whose clock is in doubt: what its machine shows, when (by the database) it said so, and whether that was just now."""

    boot: str
    role: str
    doubt: str
    shown: datetime
    seen_at: datetime
    fresh: bool


class NotConfirmed(Exception):
    """Why a confirmation was not recorded, for an operator."""


def judged(shown: Shown, marks: Sequence[Mark], tolerance: timedelta, outage: timedelta) -> Anchor | Doubt:
    """What to go by from now on, or why the machine's time is in doubt. `outage`: the longest pause that needs no confirmation."""
    if abs(shown.at - shown.database) > tolerance:
        return Doubt("database_disagrees", shown.database)
    if not marks:
        return Anchor(shown.at, shown.steady)
    last = max(marks, key=lambda mark: mark.number)
    own = max((mark for mark in marks if mark.boot == shown.boot), key=lambda mark: mark.number, default=None)
    if own is not None and not any(mark.number > own.number and _says_so(mark, shown, tolerance, outage) for mark in marks):
        expected = own.anchor.then(shown.steady)
        if abs(shown.at - expected) > tolerance:
            return Doubt(WAS_SET, expected)
        slew = timedelta(seconds=SLEW * abs(shown.steady - own.steady))
        return Anchor(expected + max(-slew, min(slew, shown.at - expected)), shown.steady)
    if own is None and shown.at < last.at - tolerance:
        return Doubt("before_the_last_mark", last.at)
    if own is None and shown.at > last.at + outage:
        return Doubt("long_after_the_last_mark", last.at)
    return Anchor(shown.at, shown.steady)


def _says_so(mark: Mark, shown: Shown, tolerance: timedelta, outage: timedelta) -> bool:
    """Whether another machine goes by this time at this moment, or an operator there confirmed it: ours stood still, it was not set."""
    since = shown.database - mark.seen_at
    fresh = abs(since) <= (outage if mark.confirmed else FRESH)
    return fresh and mark.boot != shown.boot and abs(shown.at - mark.at - since) <= tolerance


async def look(runtime: Runtime) -> Anchor | Doubt:
    """Compare once, and let the process's clock go by what was found."""
    clock, config = runtime.clock, runtime.settings
    rows = await runtime.pool.fetch(_SEEN)
    marks = [Mark(**{name: value for name, value in row.items() if name != "database"}) for row in rows if row["boot"]]
    shown = Shown(clock.machine(), clock.steady(), clock.boot, rows[0]["database"])
    found = judged(shown, marks, clock.tolerance, max(timedelta(days=config.clock_outage_days), clock.tolerance))
    if isinstance(found, Doubt):
        clock.distrust(found.code)
    else:
        clock.trust(found)
    return found


async def begin(runtime: Runtime) -> None:
    """Compare before anything runs. What cannot be compared yet stays in doubt until `run` can."""
    try:
        await look(runtime)
    except (*TRANSIENT, asyncpg.PostgresError) as error:
        log.warning("clock_not_compared", error=type(error).__name__)


async def run(runtime: Runtime, role: str, every: float = EVERY) -> None:
    """Compare and mark until cancelled; say when a doubt begins, and when it ends."""
    before, marked, outage = "", float("-inf"), Outage("clock_not_compared")
    while True:
        try:
            found = await look(runtime)
            doubt = found.code if isinstance(found, Doubt) else ""
            figures: dict[str, Any] = {"in_doubt": doubt} if doubt else {}
            runtime.pulse.beat("clock", **figures)
            if doubt != before or runtime.clock.steady() - marked >= MARKED:
                await _mark(runtime, role, found)
                marked = runtime.clock.steady()
            if doubt != before:
                _tell(runtime, found)
            before = doubt
        except (*TRANSIENT, asyncpg.PostgresError) as error:
            outage.failed(error)
        else:
            outage.over()
        await asyncio.sleep(every)


async def _mark(runtime: Runtime, role: str, found: Anchor | Doubt) -> None:
    clock = runtime.clock
    if isinstance(found, Doubt):
        others = await runtime.pool.fetchval(_DOUBT, clock.boot, role, found.code, clock.machine())
    else:
        others = await runtime.pool.fetchval(_MARK, clock.boot, role, found.at, found.steady)
    IN_DOUBT.labels(runtime.service.name).set(others + isinstance(found, Doubt))


def _tell(runtime: Runtime, found: Anchor | Doubt) -> None:
    shows = runtime.clock.machine().isoformat()
    if isinstance(found, Doubt):
        log.error("clock_in_doubt", reason=found.code, shows=shows, expected=found.expected.isoformat())
    else:
        log.warning("clock_trusted_again", shows=shows)


async def in_doubt(runtime: Runtime) -> list[InDoubt]:
    """The processes of this service whose clock was in doubt when they last said so."""
    return [InDoubt(**row) for row in await runtime.pool.fetch(_IN_DOUBT)]


async def confirm(runtime: Runtime, day: date, by: str, reason: str) -> datetime:
    """An operator says that it is this day in Shanghai, as this machine and the database show: what is in doubt goes on; the time shown.

    Raises `NotConfirmed` when nothing is in doubt, when they show another day, or when they do not agree.
    """
    found, clock = await look(runtime), runtime.clock
    at, steady, doubts = clock.machine(), clock.steady(), await in_doubt(runtime)
    if isinstance(found, Doubt) and found.code == "database_disagrees":
        raise NotConfirmed(f"this machine shows {at:%F %T}, the database {found.expected:%F %T} (UTC): set one of them right first")
    if at.astimezone(SHANGHAI).date() != day:
        raise NotConfirmed(f"this machine shows {at.astimezone(SHANGHAI):%F %T} in Shanghai: set it right first")
    if not doubts and not isinstance(found, Doubt):
        raise NotConfirmed("no clock is in doubt")
    told = [f"{each.role} {each.doubt} {each.shown:%FT%TZ}" for each in doubts]
    await runtime.pool.execute(_CONFIRM, clock.boot, at, steady, by, reason, told)
    return at
