"""How the providers behave, request by request, and the record of what they met.

A plan is a queue per provider: the next request takes the next step; when none is planned, the provider behaves well.
"""

import asyncio
import json
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any


class Do(StrEnum):
    """What to do with one request."""

    ACCEPT = "accept"
    REFUSE = "refuse"  # for good; `code` says why, in the protocol's own words
    DELAY = "delay"  # take it, answer after `seconds`
    LIMIT = "limit"  # too many: take nothing
    BREAK = "break"  # an error of the server's own
    HANG_UP = "hang_up"  # break the connection before anything is taken (mail only: a web server has it all by then)
    CUT = "cut"  # take it, break the connection without an answer
    FORGET = "forget"  # accept, then never have heard of it
    LATE = "late"  # accept; the receipt comes after `seconds`
    TWICE = "twice"  # accept; the receipt comes twice
    SWAP = "swap"  # accept; "delivered" comes before "accepted"
    FAIL = "fail"  # accept; the receipt says that it failed, with `code`


@dataclass(frozen=True, slots=True)
class Step:
    """One request's treatment."""

    do: Do = Do.ACCEPT
    code: str = ""
    seconds: float = 0.0


class Control:
    """All providers' plans and their record in `file`. `ended`: numbers that are nobody's any more, as their receipts say."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.always: dict[str, Step] = {}
        self.ended: set[str] = set()
        self._plans: dict[str, deque[Step]] = defaultdict(deque)
        self._news = asyncio.Event()
        self._out = file.open("a", encoding="utf-8", buffering=1)

    def plan(self, provider: str, *steps: Step) -> None:
        """Append steps to a provider's plan."""
        self._plans[provider].extend(steps)

    def take(self, provider: str) -> Step:
        """The step of the request at hand."""
        plan = self._plans[provider]
        return plan.popleft() if plan else self.always.get(provider, Step())

    def record(self, provider: str, step: Step, **facts: Any) -> None:
        """Write down one message."""
        line = {"at": datetime.now(UTC).isoformat(), "provider": provider, "did": step.do.value, **facts}
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._news.set()

    def records(self, provider: str) -> list[dict[str, Any]]:
        """What was recorded of a provider, in order."""
        lines = map(json.loads, self.file.read_text(encoding="utf-8").splitlines())
        return [line for line in lines if line["provider"] == provider]

    async def met(self, provider: str, count: int = 1, seconds: float = 10) -> None:
        """Wait until a provider has recorded so many messages. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while len(self.records(provider)) < count:
                self._news.clear()
                await self._news.wait()

    def close(self) -> None:
        """Close the record."""
        self._out.close()
