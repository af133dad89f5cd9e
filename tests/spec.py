"""Given / when / then for deciders: exact lists, no servers. `spec(decider, policy).given(...).when(command).then(...)`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.kernel.decider import Decider
from services.kernel.errors import Rejected
from services.kernel.events import Context

SEED = UUID("01970000-0000-7000-8000-000000000001")


def context(on: date = date(2026, 3, 2), actor: str = "CL:533401:clerk-1", scope: str = "") -> Context:
    """A context at ten in the morning, Shanghai, of the given day."""
    now = datetime.combine(on, time(10), ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    return Context(actor, now, SEED, SEED, None, scope)


class Spec:
    """One example; read it as a sentence."""

    def __init__(self, decider: Decider[Any, Any, Any], policy: Any) -> None:
        self._decider, self._policy, self._past = decider, policy, list[Any]()
        self._when: tuple[Any, Context] | None = None

    def given(self, *events: Any) -> "Spec":
        """What has happened."""
        self._past = list(events)
        return self

    def when(self, command: Any, on: date = date(2026, 3, 2), actor: str = "CL:533401:clerk-1") -> "Spec":
        """What is asked, on which day (Shanghai), by whom."""
        self._when = (command, context(on, actor))
        return self

    def _decided(self) -> Sequence[Any]:
        assert self._when is not None
        command, asked = self._when
        return list(self._decider.decide(self._decider.fold(self._past), command, self._policy, asked))

    def then(self, *events: Any) -> None:
        """Exactly these events."""
        assert self._decided() == list(events)

    def then_nothing(self) -> None:
        """No event: a repeat, or nothing to do."""
        assert self._decided() == []

    def rejected(self, code: str) -> None:
        """Refused with this code."""
        with pytest.raises(Rejected) as refusal:
            self._decided()
        assert refusal.value.code == code


def spec(decider: Decider[Any, Any, Any], policy: Any) -> Spec:
    """Start an example."""
    return Spec(decider, policy)
