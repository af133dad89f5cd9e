"""A service process that kills itself at a named point: `python -m tests.chaos.trap <point> <pass> <service> run <role>`.

The services know nothing of it. Before the service's own main module runs, one public method is wrapped; at the given pass of the
point the process writes `trap_sprung` to its log and sends itself SIGKILL. A name that is no longer there is an error at start.
"""

import argparse
import functools
import inspect
import json
import os
import runpy
import signal
import sys
from asyncio import Future
from collections.abc import Callable
from types import ModuleType
from typing import Any

import asyncpg

from deploy.databases import SERVICES
from deploy.job import parser
from services.engine import relay
from services.engine.deliver import Delivery
from services.engine.relay import Relay
from services.notifications.notice import own_channels
from services.shell.http.call import Call

SPRUNG = "trap_sprung"


class Trap:
    """Kills at the `left`-th pass from now."""

    def __init__(self, point: str, left: int) -> None:
        self.point, self.left = point, left

    def passed(self) -> None:
        """We are at the point now."""
        self.left -= 1
        if self.left == 0:
            print(json.dumps({"event": SPRUNG, "point": self.point}), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)


def committed(trap: Trap) -> None:
    """After commit, before answer: a command is stored and its client is told nothing (an answer given again does not count)."""

    def seen(answer: Any, *_: Any) -> None:
        if "Idempotency-Replayed" not in answer.headers:
            trap.passed()

    _after(Call, "transact", seen)


def sent(trap: Trap) -> None:
    """After send, before ack: the broker has taken a batch, and its acknowledgement ends here, one step before the relay."""

    def taken(ack: Future[Any]) -> None:
        if not ack.cancelled() and ack.exception() is None:
            trap.passed()

    def made(producer: Any) -> None:
        submit = producer.send_batch

        async def send_batch(*args: Any, **kwargs: Any) -> Any:
            ack = await submit(*args, **kwargs)
            ack.add_done_callback(taken)  # the first of its callbacks: nobody hears of it earlier
            return ack

        producer.send_batch = send_batch

    plain = Relay.producer

    def producer(self: Relay) -> Any:
        made(got := plain(self))
        return got

    _replace(Relay, "producer", producer)


def acked(trap: Trap) -> None:
    """After ack, before delete: the relay knows that Kafka has the rows, and they are still in the outbox."""
    _before(trap, relay, "DELETE FROM outbox")


def applied(trap: Trap) -> None:
    """After apply, before offset commit: a batch's transaction is committed, and Kafka will bring all of it again."""

    def done(_: None, delivery: Delivery, batch: Any) -> None:
        if any(delivery.follows(arrived) for arrived in batch):
            trap.passed()

    _after(Delivery, "deliver", done)


def told(trap: Trap) -> None:
    """After the provider call, before the state write: notices went through their doors, their effects are still due.

    Today's doors, the office's topic and the inbox, are rows of the transaction that also writes the state (see `sender`), so this
    is between its statements, and the telling must be gone with it. A door outside of our database would need more than this.
    """
    _before(trap, own_channels, "UPDATE effect")


POINTS: dict[str, Callable[[Trap], None]] = {point.__name__: point for point in (committed, sent, acked, applied, told)}


def _replace(owner: type, name: str, by: Callable[..., Any]) -> None:
    setattr(owner, name, functools.wraps(getattr(owner, name))(by))


def _after(owner: type, name: str, then: Callable[..., None]) -> None:
    """Call `then(result, *arguments)` whenever the method has returned."""
    plain = getattr(owner, name)

    async def method(*args: Any, **kwargs: Any) -> Any:
        result = await plain(*args, **kwargs)
        then(result, *args)
        return result

    _replace(owner, name, method)


def _before(trap: Trap, module: ModuleType, statement: str) -> None:
    """The point is just before a statement of this module that contains `statement` goes to PostgreSQL."""
    if statement not in inspect.getsource(module):
        raise LookupError(f"{module.__name__} has no statement {statement!r} any more")
    for name in ("execute", "fetch"):
        _replace(asyncpg.Connection, name, _watched(trap, statement, getattr(asyncpg.Connection, name)))


def _watched(trap: Trap, statement: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    async def method(self: Any, query: str, *args: Any, **kwargs: Any) -> Any:
        if statement in query:
            trap.passed()
        return await plain(self, query, *args, **kwargs)

    return method


def main() -> None:
    """Set the trap, then be the service."""
    line = parser("tests.chaos.trap", __doc__)
    line.add_argument("point", choices=POINTS)
    line.add_argument("left", type=int, metavar="PASS", help="the pass of the point at which the process dies")
    line.add_argument("service", choices=SERVICES)
    line.add_argument("rest", nargs=argparse.REMAINDER, help="the service's own command line")
    asked = line.parse_args()
    POINTS[asked.point](Trap(asked.point, asked.left))
    sys.argv = [f"services.{asked.service}", *asked.rest]
    runpy.run_module(f"services.{asked.service}", run_name="__main__")


if __name__ == "__main__":
    main()
