"""A loop of the worker role: look, do what was found, rest. Whatever happens in one look stops neither the next one nor any other loop."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.engine.bell import Bell
from services.engine.health.pulse import PATIENCE, Pulse
from services.engine.retry import Outage, ends_if_asked, passes
from services.kernel.errors import ClockInDoubt

log = structlog.get_logger()
AGAIN, FAULT = 0.5, 5.0  # seconds until the next look after trouble that passes, and after a fault that may stay


async def looped(
    name: str,
    look: Callable[[], Awaitable[int]],
    idle: float,
    longest: float = 0,
    again: float = AGAIN,
    fault: float = FAULT,
    bell: Bell | None = None,
    rings: Bell | None = None,
    pulse: Pulse | None = None,
) -> None:
    """Look until cancelled; `look` says how much it did. After nothing rest `idle` seconds, and each time twice as long up to `longest`.

    What is longer than `idle` in a rest ends when the `bell` rings. Who did something rings it for the others, or the bell `rings`, where
    what it did is work for those who hear that one. The `pulse` hears of each look that came to its end: a loop that hangs, or only
    fails, stands still. A fault is logged at each look: a row that stops its own loop for good must be seen, and stops no other loop.
    """
    rest, bell, pulse, outage = idle, bell or Bell(), pulse or Pulse(), Outage("loop_interrupted", again, again, loop=name)
    pulse.beat(name, PATIENCE)
    while True:
        try:
            since = bell.rings
            done = await look()
            outage.over()
            pulse.beat(name, PATIENCE + max(idle, longest))
            if done:
                rest = idle
                (rings or bell).ring()
                continue
            rest = await _rested(bell, since, rest, idle, longest)
        except ClockInDoubt:  # told by `timekeeping.py`, once; to wait is what it should
            pulse.beat(name, PATIENCE)
            await asyncio.sleep(AGAIN)
        except Exception as error:
            ends_if_asked(error)
            if passes(error):
                await asyncio.sleep(outage.failed(error))
                continue
            log.exception("loop_failed", loop=name, error=type(error).__name__)
            await asyncio.sleep(fault)


async def _rested(bell: Bell, since: int, rest: float, idle: float, longest: float) -> float:
    """Rest; how long to rest the next time."""
    await asyncio.sleep(idle)
    heard = await bell.heard(since, rest - idle)
    return idle if heard else max(idle, min(2 * rest, longest))
