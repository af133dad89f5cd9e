"""Whose time is to be trusted: a step, an outage, a machine that stood still, another machine's word, an operator's."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.engine import retention, timekeeping
from services.engine.deliver import Delivery
from services.engine.inbound.arrived import Arrived
from services.engine.runtime import Runtime
from services.engine.timekeeping import Doubt, Mark, NotConfirmed, Shown, judged
from services.kernel.clock import Anchor
from services.kernel.errors import ClockInDoubt
from services.kernel.events import SHANGHAI
from tests.kernel import toy
from tests.machine import Machine, settable
from tests.world import World

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
TOLERANCE, OUTAGE = timedelta(minutes=15), timedelta(days=4)
DAY = timedelta(days=1)


def mark(number: int = 1, boot: str = "here", at: datetime = NOON, steady: float = 1000, confirmed: bool = False) -> Mark:
    """A mark that was made when the database showed the same."""
    return Mark(boot, number, at, steady, at, confirmed)


def shown(at: datetime, steady: float, boot: str = "here", database: datetime | None = None) -> Shown:
    """A machine that shows what the database shows."""
    return Shown(at, steady, boot, database or at)


def verdict(seen: Shown, *marks: Mark) -> Anchor | str:
    """The anchor, or the code of the doubt."""
    found = judged(seen, marks, TOLERANCE, OUTAGE)
    return found.code if isinstance(found, Doubt) else found


def test_the_first_start_of_all_goes_by_machine_and_database() -> None:
    assert verdict(shown(NOON, 5)) == Anchor(NOON, 5)
    assert verdict(shown(NOON, 5, database=NOON - timedelta(hours=8))) == "database_disagrees"


@pytest.mark.parametrize("pause", [timedelta(hours=9), timedelta(days=2.6), timedelta(days=21), timedelta(days=500)])
def test_a_machine_that_ran_on_explains_how_long_a_process_was_down(pause: timedelta) -> None:
    later = 1000 + pause.total_seconds()
    assert verdict(shown(NOON + pause, later), mark()) == Anchor(NOON + pause, later)
    assert verdict(shown(NOON + pause + 40 * DAY, later), mark()) == "was_set"
    assert verdict(shown(NOON + pause - 2 * DAY, later), mark()) == "was_set"


@pytest.mark.parametrize(
    ("pause", "found"),
    [
        (timedelta(hours=14), None),
        (timedelta(days=2.6), None),
        (timedelta(days=3.9), None),
        (timedelta(days=21), "long_after_the_last_mark"),
        (timedelta(days=40), "long_after_the_last_mark"),
        (timedelta(minutes=-5), None),
        (timedelta(hours=-1), "before_the_last_mark"),
        (timedelta(days=-20000), "before_the_last_mark"),
    ],
)
def test_of_a_machine_that_was_started_anew_a_night_and_a_weekend_are_outages(pause: timedelta, found: str | None) -> None:
    seen = shown(NOON + pause, 30, boot="anew")
    assert verdict(seen, mark()) == (found or Anchor(seen.at, 30))


def test_where_no_outage_is_taken_for_granted_a_machine_that_was_off_is_in_doubt_until_somebody_confirms() -> None:
    """Everything on one machine, which starts two days ahead, its database, too: beside a short restart, which is no outage."""

    def found(seen: Shown, *marks: Mark) -> Anchor | Doubt:
        return judged(seen, marks, TOLERANCE, max(timedelta(), TOLERANCE))

    ahead, soon = shown(NOON + 2 * DAY, 30, boot="anew"), shown(NOON + timedelta(minutes=5), 30, boot="anew")
    assert found(ahead, mark()) == Doubt("long_after_the_last_mark", NOON)
    assert found(soon, mark()) == Anchor(soon.at, 30)
    right = shown(NOON + timedelta(hours=9), 100, boot="anew")
    said = mark(2, "anew", right.at, 90, confirmed=True)
    assert found(replace(right, steady=90), mark(), said) == Anchor(right.at, 90)
    other = shown(right.at, 50, boot="another")
    assert found(other, mark(), said) == Anchor(other.at, 50), "another machine, started after it was confirmed"


async def test_a_setting_of_no_days_asks_after_each_start_that_follows_a_pause(place: World, machine: Machine) -> None:
    strict = machine.runtime.settings.model_copy(update={"clock_outage_days": 0})
    machine.runtime = replace(machine.runtime, settings=strict)
    running(place, machine)
    await place.until(lambda: machine.sql.fetch("SELECT FROM clock_mark WHERE at IS NOT NULL"))
    place.tasks.pop().cancel()
    await machine.passes(timedelta(hours=9))
    machine.start()
    assert isinstance(await timekeeping.look(machine.process()), Doubt)
    await timekeeping.confirm(machine.runtime, machine.true_time().astimezone(SHANGHAI).date(), "operator", "the power was out")
    assert isinstance(await timekeeping.look(machine.process()), Anchor)


def test_a_machine_that_stood_still_goes_by_one_that_did_not() -> None:
    """A virtual machine that was suspended: its seconds stood still, and another replica has gone on."""
    woken = NOON + timedelta(hours=10)
    assert verdict(shown(woken, 1001), mark()) == "was_set"
    assert verdict(shown(woken, 1001), mark(), mark(9, "there", woken - timedelta(seconds=8))) == Anchor(woken, 1001)
    assert verdict(shown(woken, 1001), mark(), mark(9, "there", woken - timedelta(hours=1))) == "was_set", "an old word"
    assert verdict(shown(woken, 1001), mark(), mark(9, "there", woken - 40 * DAY)) == "was_set"
    wrong = woken + 40 * DAY
    assert verdict(shown(wrong, 1001), mark(), mark(9, "there", woken)) == "was_set", (
        "all machines' times were set, the database's, too"
    )
    assert verdict(shown(wrong, 1001, database=woken), mark(), mark(9, "there", woken)) == "database_disagrees"


def test_an_operator_settles_it_and_what_was_confirmed_counts_once() -> None:
    later = NOON + 21 * DAY
    here, there = mark(2, "anew", later, 40, confirmed=True), mark(2, "elsewhere", later, 77, confirmed=True)
    for said in (here, there):
        assert verdict(shown(later + timedelta(minutes=1), 100, "anew"), mark(), said) == Anchor(later + timedelta(minutes=1), 100)
        again = verdict(shown(later + 40 * DAY, 100, "anew"), mark(), said)
        assert again == ("was_set" if said is here else "long_after_the_last_mark")
    assert verdict(shown(later, 1060), mark(), there) == Anchor(later, 1060), "also for a machine whose own seconds say otherwise"
    assert verdict(shown(later, 1060), mark(3), there) == "was_set", "which has gone by its own time since"


def test_a_time_that_creeps_faster_than_any_time_runs_is_found() -> None:
    """Three seconds in a minute: each look is within the tolerance of the one before."""
    at, steady, found = NOON, 1000.0, mark()
    for number in range(2, 400):
        at, steady = at + timedelta(seconds=63), steady + 60
        seen = judged(shown(at, steady), [found], TOLERANCE, OUTAGE)
        if isinstance(seen, Doubt):
            assert at - NOON - timedelta(seconds=steady - 1000) < TOLERANCE + timedelta(minutes=1)
            return
        found = mark(number, at=seen.at, steady=seen.steady)
    raise AssertionError("it was followed for hours")


def test_a_time_that_runs_a_little_fast_is_followed_for_years() -> None:
    at, steady, found = NOON, 1000.0, mark()
    for number in range(2, 1000):
        at, steady = at + timedelta(seconds=86_400 + 20), steady + 86_400
        seen = judged(shown(at, steady), [found], TOLERANCE, OUTAGE)
        assert isinstance(seen, Anchor), number
        found = mark(number, at=seen.at, steady=seen.steady)


@pytest.fixture
async def machine(place: World) -> Machine:
    """A register on a machine whose time, as the database's, the test sets; it trusts both."""
    made = await settable(place, toy.COUNTED, toy.MIGRATION)
    await timekeeping.look(made.runtime)
    return made


def running(place: World, machine: Machine) -> None:
    """The process compares for ever."""
    place.tasks.append(asyncio.create_task(timekeeping.run(machine.runtime, "scheduler", every=0.02)))


def counted() -> float | None:
    """How many clocks the metric says are in doubt."""
    return REGISTRY.get_sample_value("shouwang_clocks_in_doubt", {"service": "certificates"})


async def test_a_doubt_is_told_once_and_is_over_when_the_time_is_right_again(place: World, machine: Machine) -> None:
    with capture_logs() as told:
        running(place, machine)
        await place.until(lambda: machine.sql.fetch("SELECT FROM clock_mark WHERE doubt = '' AND at IS NOT NULL"))
        await machine.set(40 * DAY, 40 * DAY)
        await place.until(lambda: machine.sql.fetch("SELECT FROM clock_mark WHERE doubt = 'was_set'"))
        (doubt,) = await timekeeping.in_doubt(machine.runtime)
        assert (doubt.boot, doubt.role, doubt.fresh) == ("start 1", "scheduler", True)
        await place.until(lambda: _is(counted() == 1))
        await machine.set(timedelta(), timedelta())
        await place.until(lambda: _is(counted() == 0 and not machine.runtime.clock.doubt))
        assert await timekeeping.in_doubt(machine.runtime) == []
    said = [line for line in told if line["event"].startswith("clock")]
    assert (said[0]["event"], said[0]["log_level"], said[-1]["event"]) == ("clock_in_doubt", "error", "clock_trusted_again")
    assert said[0]["shows"] > said[0]["expected"], "both times are told"
    assert len(said) <= 4, "two times are not set at one moment"


async def _is(value: bool) -> bool:
    return value


async def test_an_operator_confirms_the_right_day_and_nothing_else(place: World, machine: Machine) -> None:
    running(place, machine)
    await place.until(lambda: machine.sql.fetch("SELECT FROM clock_mark WHERE at IS NOT NULL"))
    right = machine.true_time().astimezone(SHANGHAI).date()
    with pytest.raises(NotConfirmed, match="no clock is in doubt"):
        await timekeeping.confirm(machine.runtime, right, "operator", "to be safe")
    await machine.passes(7 * DAY, asleep=True)
    right += 7 * DAY
    await place.until(lambda: machine.sql.fetch("SELECT FROM clock_mark WHERE doubt = 'was_set'"))
    with pytest.raises(NotConfirmed, match="set it right first"):
        await timekeeping.confirm(machine.runtime, right + DAY, "operator", "by a wrong watch")
    await machine.set(timedelta(), DAY)
    with pytest.raises(NotConfirmed, match="set one of them right first"):
        await timekeeping.confirm(machine.runtime, right, "operator", "in a hurry")
    await place.until(lambda: machine.sql.fetch("SELECT FROM clock_mark WHERE doubt = 'database_disagrees'"))
    await machine.set(timedelta(), timedelta())
    assert await machine.sql.fetch("SELECT FROM clock_confirmation") == []
    await place.until(lambda: machine.sql.fetch("SELECT FROM clock_mark WHERE doubt = 'was_set'"))
    await timekeeping.confirm(machine.runtime, right, "operator 7", "the virtual machine was suspended")
    await place.until(lambda: _is(not machine.runtime.clock.doubt))
    assert machine.runtime.clock().astimezone(SHANGHAI).date() == right
    (kept,) = await machine.sql.fetch("SELECT * FROM clock_confirmation")
    assert (kept["confirmed_by"], kept["reason"]) == ("operator 7", "the virtual machine was suspended")
    assert kept["doubts"][0].startswith("scheduler was_set 20")
    for statement in ("UPDATE clock_confirmation SET reason = ''", "DELETE FROM clock_confirmation", "DELETE FROM clock_mark"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await machine.runtime.pool.execute(statement)


async def test_a_process_that_starts_in_doubt_waits_and_goes_on_when_it_is_confirmed(place: World, machine: Machine) -> None:
    running(place, machine)
    await place.until(lambda: machine.sql.fetch("SELECT FROM clock_mark WHERE at IS NOT NULL"))
    place.tasks.pop().cancel()
    await machine.passes(21 * DAY)
    machine.start()
    machine.process()
    running(place, machine)
    (doubt,) = await place.until(lambda: timekeeping.in_doubt(machine.runtime))
    assert doubt.doubt == "long_after_the_last_mark"
    await timekeeping.confirm(machine.runtime, machine.true_time().astimezone(SHANGHAI).date(), "operator", "a long holiday")
    await place.until(lambda: _is(not machine.runtime.clock.doubt))


async def registration(follower: Runtime) -> Arrived:
    """A person's registration, as it comes off the register's topic."""
    topic, event_id, now = "certificates.events.v1", str(uuid4()), "2026-03-02T02:00:00+00:00"
    fingerprint, body = follower.codec.encode(toy.registered())
    headers = {
        "ce_id": event_id,
        "ce_source": "/shouwang/certificates",
        "ce_type": "shouwang.certificates.PersonRegistered",
        "ce_time": now,
        "ce_recordedtime": now,
        "ce_correlationid": event_id,
        "ce_streamversion": "1",
        "ce_division": toy.VILLAGE,
        "ce_actor": "CL:5334:x",
        "ce_policyversion": "toy",
    }
    value = await follower.registry.prefix(topic, fingerprint) + body
    said = {name: text.encode() for name, text in headers.items()}
    return Arrived(topic=topic, partition=0, offset=0, key=str(uuid4()).encode(), value=value, headers=said)


async def test_what_comes_off_a_topic_waits_and_is_not_set_aside(place: World) -> None:
    machine = await settable(place, toy.FOLLOWER, toy.MIGRATION)
    await timekeeping.look(machine.runtime)
    arrived = await registration(machine.runtime)
    await machine.set(40 * DAY, 40 * DAY)
    with pytest.raises(ClockInDoubt):
        await Delivery(machine.runtime).deliver([arrived])
    assert await machine.sql.fetch("SELECT FROM quarantine") == await machine.sql.fetch("SELECT FROM inbox") == []
    await machine.set(timedelta(), timedelta())
    await Delivery(machine.runtime).deliver([arrived])
    (household,) = await machine.sql.fetch("SELECT occurred_at FROM events")
    assert abs(household["occurred_at"] - machine.true_time()) < timedelta(minutes=1)


async def test_nothing_is_deleted_by_a_database_that_shows_another_time_than_the_process(machine: Machine) -> None:
    await machine.sql.execute("INSERT INTO idempotency (principal, key, request) VALUES ('x', 'y', '')")
    for lies in ((timedelta(), 31 * DAY), (31 * DAY, timedelta()), (31 * DAY, 31 * DAY), (timedelta(), -31 * DAY)):
        await machine.set(*lies)
        with pytest.raises(ClockInDoubt):
            await retention.delete_some(machine.runtime)
    await machine.set(timedelta(), timedelta())
    assert await retention.delete_some(machine.runtime) == 0
    await machine.passes(31 * DAY)
    assert await retention.delete_some(machine.runtime) == 1
