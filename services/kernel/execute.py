"""Load, fold, decide, append, project: the only way events come to be. Runs in the caller's transaction; never calls the world."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.domain.personal import names_somebody
from services.kernel.apply import apply
from services.kernel.decider import Decider
from services.kernel.errors import Conflict, Forbidden, Malformed, NotFound, ShouwangError
from services.kernel.events import Context, Recorded
from services.kernel.projection import Projection
from services.kernel.store import EventStore


@dataclass(frozen=True, slots=True)
class Order:
    """One command for one stream. `expected_version` is what the client saw (If-Match); None = whatever it is now."""

    decider: Decider[Any, Any, Any]
    stream_id: UUID
    command: Any
    context: Context
    expected_version: int | None = None


@dataclass(slots=True)
class _Stream:
    state: Any
    version: int


class Executor:
    """Executes orders for one service: its store, its own projections, its policy (which has a `version`)."""

    def __init__(self, store: EventStore, projections: Sequence[Projection[Any]], policy: Any) -> None:
        self.store, self.policy, self.projections = store, policy, tuple(projections)

    async def execute(
        self,
        conn: asyncpg.Connection,
        decider: Decider[Any, Any, Any],
        stream_id: UUID,
        command: Any,
        context: Context,
        expected_version: int | None = None,
    ) -> list[Recorded]:
        """The events that the command caused; empty when it changed nothing. Raises `Rejected`, `Conflict`, `Forbidden`,
        `NotFound`, `Malformed`."""
        return await self.execute_many(conn, [Order(decider, stream_id, command, context, expected_version)])

    async def execute_many(self, conn: asyncpg.Connection, orders: Sequence[Order]) -> list[Recorded]:
        """Execute in order with one read and one append for all; later orders see what earlier ones did to the same stream.

        Streams are written in sorted order of their ids, so two batches cannot wait for each other in a circle.
        """
        if not orders:
            return []
        scopes = {order.context.scope for order in orders}
        scope = scopes.pop() if len(scopes) == 1 else ""
        histories = await self.store.read_many(conn, {order.stream_id for order in orders}, scope)
        streams: dict[UUID, _Stream] = {}
        new: list[tuple[str, Recorded]] = []
        for order in orders:
            if order.stream_id not in streams:
                past = histories[order.stream_id]
                streams[order.stream_id] = _Stream(order.decider.fold(recorded.event for recorded in past), len(past))
            new += self._decide(order, streams[order.stream_id])
        new.sort(key=lambda pair: (pair[1].stream_id.bytes, pair[1].version))
        stored = await self.store.append_many(conn, [category for category, _ in new], [record for _, record in new])
        await apply(conn, self.store, self.projections, stored)
        return stored

    def _decide(self, order: Order, stream: _Stream) -> list[tuple[str, Recorded]]:
        """Decide one order against the folded stream and move the fold on.

        The actor's scope must cover the stream before and after each event; after, unless the command hands the stream over. To whom
        the stream is foreign it is as though it were not there: the answer is that of an id nobody has, whatever version was expected.
        """
        context, decider = order.context, order.decider
        if foreign := not _inside(decider.division(stream.state), context):
            stream = _Stream(decider.initial, 0)
        if order.expected_version not in (None, stream.version):
            try:
                decider.decide(stream.state, order.command, self.policy, context)
            except ShouwangError as refusal:
                if isinstance(refusal, NotFound) or not stream.version:  # that it is not there for the actor is said first
                    raise
            raise Conflict("version_is_not_current", f"当前版本为{stream.version}，请刷新后再办")
        new, handed_over = [], False
        for index, event in enumerate(decider.decide(stream.state, order.command, self.policy, context)):
            stream.state = decider.evolve(stream.state, event)
            stream.version += 1
            if context.scope and _texts_name_somebody(event):
                raise Malformed("personal_data_in_text", "事项代码里不得写身份证号或手机号")
            division = decider.division(stream.state)
            handed_over = handed_over or isinstance(event, decider.handovers)
            if not handed_over and not division.startswith(context.scope):
                raise Forbidden("foreign_division", "属于其他辖区")
            recorded = self.store.envelope(
                stream_id=order.stream_id,
                version=stream.version,
                event_id=context.event_id(index),
                event=event,
                context=context,
                division=division,
                policy_version=self.policy.version,
            )
            new.append((decider.category, recorded))
        if foreign:
            raise NotFound("not_found", "没有您可以查看的内容")
        return new


def _texts_name_somebody(value: Any) -> bool:
    """Whether a citizen id or a mobile number stands in a text of an event: what is stored is never changed, so it must not get in."""
    if isinstance(value, str):
        return names_somebody(value)
    if isinstance(value, tuple):
        return any(map(_texts_name_somebody, value))
    return is_dataclass(value) and any(_texts_name_somebody(getattr(value, each.name)) for each in fields(value))


def _inside(division: str, context: Context) -> bool:
    """Whether the actor may know of a stream of this division; what does not exist yet belongs to nobody."""
    return not division or division.startswith(context.scope)
