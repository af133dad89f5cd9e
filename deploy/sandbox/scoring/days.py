"""What happens on which day: steps of one matter in the order in which they were put in, those of several matters beside each other."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import date

Step = Callable[[], Awaitable[None]]
AT_ONCE = 12  # matters of a day that are under way


class Days:
    """A diary."""

    def __init__(self) -> None:
        self._steps: defaultdict[date, defaultdict[str, list[Step]]] = defaultdict(lambda: defaultdict(list))

    def put(self, day: date, matter: str, step: Step) -> None:
        """Put a step on a day; `matter`: the person or household that it is about."""
        self._steps[day][matter].append(step)

    def between(self, first: date, last: date) -> list[date]:
        """The days from first to last, both included, on which something happens."""
        return sorted(day for day in self._steps if first <= day <= last)

    async def live(self, day: date) -> None:
        """Let everything of a day happen."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def through(steps: list[Step]) -> None:
            async with gate:
                for step in steps:
                    await step()

        async with asyncio.TaskGroup() as group:
            for steps in self._steps.pop(day, {}).values():
                group.create_task(through(steps))
