"""How far a consumer is behind: what waits, since when, and since when nothing of it has moved."""

from collections.abc import Mapping

from services.engine.inbound.arrived import Partition


class Backlog:
    """What was seen of each partition. Times are of one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._behind: dict[Partition, float] = {}  # since when something has been waiting
        self._still: dict[Partition, tuple[int, float]] = {}  # the next offset to deliver, and since when it has been that one
        self._waiting = 0

    def look(self, places: Mapping[Partition, tuple[int, int]], now: float) -> None:
        """Note for each partition the next offset to deliver and how many messages wait, as they are `now`."""
        self._waiting = sum(max(left, 0) for _, left in places.values())
        for place, (at, left) in places.items():
            if left == 0:
                self._behind.pop(place, None)
                self._still.pop(place, None)
                continue
            self._behind.setdefault(place, now)
            if self._still.get(place, (-1, 0.0))[0] != at:
                self._still[place] = (at, now)

    def figures(self, now: float) -> dict[str, float]:
        """Messages that wait; for how many seconds something has been waiting, and nothing of a partition has moved, at the longest."""
        return {
            "waiting": self._waiting,
            "behind_seconds": round(now - min(self._behind.values(), default=now), 1),
            "still_seconds": round(now - min((since for _, since in self._still.values()), default=now), 1),
        }
