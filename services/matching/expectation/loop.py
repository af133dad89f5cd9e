"""The loop that looks which lists are missing and which came. What is said follows from what stands now: nothing is told twice, and a list
that was taken back is missing again."""

from datetime import timedelta
from uuid import uuid5

from services.engine.loop import looped
from services.engine.runtime import Runtime
from services.kernel.clock import today
from services.kernel.errors import AlreadyRecorded, Conflict
from services.kernel.events import Context
from services.kernel.execute import Order
from services.matching.expectation import queries
from services.matching.expectation.decider import EXPECTATION, Note, expectation_id
from services.matching.expectation.expected import commands, with_expected

PAUSE = 2.0  # seconds between looks
ACTOR = "machine:matching.expecting"
_REACH = 400  # days: no list that is older answers what is expected now


async def run(runtime: Runtime) -> None:
    """Look until cancelled; several may run."""
    await looped("roster_expectations", lambda: look(runtime), PAUSE, pulse=runtime.pulse)


async def look(runtime: Runtime) -> int:
    """Say what there is to say; how many lists it was."""
    day = today(runtime.clock)
    async with runtime.pool.acquire() as conn:
        policy = runtime.service.policy
        sent = with_expected(await queries.sent(conn, day - timedelta(days=_REACH)), policy)
        wanted = [
            (expectation_id(each.kind, each.division, period), command) for period, each, command in commands(sent, policy, day)
        ]
        known = await queries.known(conn, [stream for stream, _ in wanted])
    new = [(stream, command) for stream, command in wanted if known.get(stream) is not isinstance(command, Note)]
    for stream, command in new:
        async with runtime.pool.acquire() as conn, conn.transaction():
            version = await conn.fetchval("SELECT count(*) FROM events WHERE stream_id = $1", stream)
            context = Context(ACTOR, runtime.clock(), uuid5(stream, str(version)), stream)
            try:
                async with conn.transaction():
                    await runtime.executor.execute_many(conn, [Order(EXPECTATION, stream, command, context)])
            except (AlreadyRecorded, Conflict):
                continue  # another process said it at the same moment
    return len(new)
