"""Commands of the toy services."""

from uuid import UUID, uuid4

from services.engine.runtime import Runtime
from services.kernel.events import Context, Recorded
from tests.kernel import toy


async def say(runtime: Runtime, event: object, stream: UUID | None = None) -> list[Recorded]:
    """Execute one toy command in its own transaction."""
    context = Context("CL:5334:x", runtime.clock(), uuid4(), uuid4())
    async with runtime.pool.acquire() as conn, conn.transaction():
        return await runtime.executor.execute(conn, toy.PERSON, stream or uuid4(), toy.Say(event), context)
