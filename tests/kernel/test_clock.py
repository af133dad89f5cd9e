"""What a clock says, and when it says nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.kernel.clock import Anchor, Clock, Rehearsal, set_clock, since_boot, system_clock, today
from services.kernel.errors import ClockInDoubt

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@dataclass
class Machine:
    """A machine whose time can be set."""

    seconds: float = 1000.0
    set_by: timedelta = field(default_factory=timedelta)

    def __post_init__(self) -> None:
        self.clock = Clock(machine=lambda: self.time, steady=lambda: self.seconds)

    @property
    def time(self) -> datetime:
        """What it shows: noon at a thousand seconds since its start, and what it was set by."""
        return NOON + timedelta(seconds=self.seconds - 1000) + self.set_by


@pytest.fixture
def machine() -> Machine:
    """One whose time is trusted at noon."""
    made = Machine()
    made.clock.trust(Anchor(NOON, 1000.0))
    return made


def test_a_clock_that_was_compared_with_nothing_says_nothing() -> None:
    clock = Machine().clock
    assert clock.doubt == "not_compared"
    with pytest.raises(ClockInDoubt):
        clock()


def test_time_that_passes_is_no_doubt_however_much_there_is(machine: Machine) -> None:
    machine.seconds += 400 * 86_400
    assert machine.clock() == NOON + timedelta(days=400)
    assert today(machine.clock) == date(2027, 4, 6)


@pytest.mark.parametrize(
    "by", [timedelta(days=40), timedelta(days=-40), timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=16)]
)
def test_a_time_that_was_set_is_in_doubt_at_once_and_no_more_when_it_is_set_right_again(machine: Machine, by: timedelta) -> None:
    machine.seconds, machine.set_by = machine.seconds + 10, by
    with pytest.raises(ClockInDoubt) as refused:
        today(machine.clock)
    assert (refused.value.status, refused.value.code) == (503, "clock_in_doubt")
    assert machine.clock.doubt == "was_set"
    assert machine.clock.unset() == NOON + timedelta(seconds=10), "what expires goes by the seconds"
    machine.seconds, machine.set_by = machine.seconds + 10, timedelta()
    assert machine.clock() == NOON + timedelta(seconds=20)


@pytest.mark.parametrize("by", [timedelta(minutes=14), timedelta(minutes=-14)])
def test_a_time_server_that_corrects_a_little_is_followed(machine: Machine, by: timedelta) -> None:
    machine.set_by = by
    assert machine.clock() == NOON + by


def test_many_small_steps_are_one_large_one(machine: Machine) -> None:
    for _ in range(3):
        machine.seconds, machine.set_by = machine.seconds + 1, machine.set_by + timedelta(minutes=6)
    assert machine.clock.doubt == "was_set"


def test_what_the_database_contradicts_stays_in_doubt_until_it_is_trusted_again(machine: Machine) -> None:
    machine.clock.distrust("database_disagrees")
    with pytest.raises(ClockInDoubt, match="database_disagrees"):
        machine.clock()
    machine.clock.trust(Anchor(NOON, 1000.0))
    assert machine.clock() == NOON


def rehearsed(ahead: Callable[[], timedelta]) -> Clock:
    """This machine's clock, trusted, in a rehearsal."""
    clock = Clock(ahead)
    clock.trust(Anchor(system_clock(), since_boot()))
    return clock


def test_a_rehearsal_moves_domain_time_and_puts_no_clock_in_doubt(tmp_path: Path) -> None:
    clock = rehearsed(Rehearsal(tmp_path / "clock", "development"))
    assert abs(clock() - system_clock()) < timedelta(seconds=5)
    for year in (2016, 2031, 2024):
        set_clock(tmp_path / "clock", datetime(year, 5, 6, 1, tzinfo=UTC))
        assert datetime(year, 5, 6, 1, tzinfo=UTC) <= clock() < datetime(year, 5, 6, 1, 1, tzinfo=UTC)
        assert today(clock) == date(year, 5, 6)


def test_a_rehearsal_is_refused_in_production(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="production"):
        Rehearsal(tmp_path / "clock", "production")
