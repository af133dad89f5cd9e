"""A storm of clocks: the machine's and the database's time are set at random while a real scheduler works over a real database.

True time passes as the storm says. Whatever is set: nothing is told that true time does not owe, nothing is deleted too early, and when
all is right again, confirmed by an operator where need be, nothing has been lost. What nobody could tell is left out: a machine that
starts anew with a wrong time, in a database that shows the same wrong time, within what counts as an outage.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from services.certificates.certificate.card.events import CertificateIssued
from services.certificates.person.events import PersonRegistered
from services.engine import retention, schedule, timekeeping
from services.kernel.due import DueRow, Duty
from services.kernel.errors import ClockInDoubt, Conflict
from services.kernel.events import SHANGHAI, Context, Recorded
from services.kernel.execute import Order
from services.kernel.service import Room
from tests.contract.golden import sample
from tests.kernel import toy
from tests.machine import Machine, settable
from tests.world import World

DUE, HORIZON, KEPT = 400, 600, timedelta(days=30)  # how many duties, over how many days from today; how long answers are kept
NO, TOLERANCE = timedelta(), timedelta(minutes=15)
EVERY = 0.02


def day_of(at: datetime) -> date:
    """The day in Shanghai."""
    return at.astimezone(SHANGHAI).date()


@dataclass
class Storm:
    """One storm. `owed` is when each duty is due, `told` when, in true time, each was begun to be told; `unexplained`: an operator may be
    needed."""

    place: World
    random: Random
    machine: Machine
    owed: dict[UUID, date]
    told: list[tuple[UUID, datetime]]
    answers: dict[str, datetime] = field(default_factory=dict)
    jobs: list[asyncio.Task[Any]] = field(default_factory=list)
    confirmed: int = 0
    refused: int = 0
    unexplained: bool = False
    faults: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        """Everything right, and at work."""
        await timekeeping.look(self.machine.runtime)
        runtime = self.machine.runtime
        contexts = [Context("CL:5334:x", runtime.clock(), seed := uuid4(), seed) for _ in self.owed]
        orders = [
            Order(toy.PERSON, person, toy.Say(toy.registered("2026-01")), c) for person, c in zip(self.owed, contexts, strict=True)
        ]
        async with runtime.pool.acquire() as conn, conn.transaction():
            await runtime.executor.execute_many(conn, orders)
        await self.start()

    async def start(self) -> None:
        """The process of now works, and has left a mark where it trusts its time."""
        runtime = self.machine.runtime
        await timekeeping.begin(runtime)
        self.jobs = [
            asyncio.create_task(timekeeping.run(runtime, "scheduler", EVERY)),
            asyncio.create_task(schedule.run(runtime)),
        ]
        self.place.tasks += self.jobs
        await self.place.until(self._marked)

    async def stop(self) -> None:
        """It is gone."""
        for job in self.jobs:
            job.cancel()
        await asyncio.gather(*self.jobs, return_exceptions=True)

    async def settle(self) -> None:
        """All is right: within a moment everything works and what is owed is told. Where nothing else can say so, an operator does."""
        runtime = self.machine.runtime
        await timekeeping.look(runtime)
        if doubt := runtime.clock.doubt:
            if not self.unexplained:
                self.faults.append(f"{doubt}: nothing speaks against the time")
            await timekeeping.confirm(runtime, day_of(self.machine.true_time()), "operator", "a storm")
            self.confirmed += 1
            await self.place.until(self._trusted)
        await self.place.until(self._marked)
        self.unexplained = False
        await self.place.until(self._all_told)
        self.answers[key := str(uuid4())] = self.machine.true_time()
        query = "INSERT INTO idempotency (principal, key, request, at) VALUES ('x', $1, '', $2)"
        await self.machine.sql.fetch(query, key, self.answers[key])

    async def tempt(self) -> None:
        """Ask for everything that goes by a day, as the process may at any moment."""
        for work in (schedule.run_due, retention.delete_some):
            try:
                await work(self.machine.runtime)
            except ClockInDoubt:
                self.refused += 1
            except Conflict:  # with the scheduler, over one row
                continue

    async def _marked(self) -> bool:
        """Whether what the process goes by stands in the database; in doubt there is nothing to go by."""
        if self.machine.runtime.clock.doubt:
            return True
        query = """SELECT 1 FROM clock_mark WHERE boot = $1 AND doubt = '' AND at > $2
            UNION ALL SELECT 1 FROM clock_confirmation WHERE boot = $1 AND at > $2"""
        just_now = self.machine.true_time() - timedelta(minutes=1)
        return bool(await self.machine.sql.fetch(query, self.machine.runtime.clock.boot, just_now))

    async def _trusted(self) -> bool:
        return not self.machine.runtime.clock.doubt

    async def _all_told(self) -> bool:
        today, told = day_of(self.machine.true_time()), await self._times_told()
        return all(told[person] for person, day in self.owed.items() if day <= today)

    async def _times_told(self) -> Counter[UUID]:
        rows = await self.machine.sql.fetch("SELECT stream_id FROM events WHERE type = 'CertificateIssued'")
        return Counter(row["stream_id"] for row in rows)

    async def judge(self) -> None:
        """Look at what came of it."""
        self.faults += [
            f"due on {self.owed[person]}, told at {at}" for person, at in self.told if self.owed[person] > day_of(at + TOLERANCE)
        ]
        times = await self._times_told()
        self.faults += [f"told {times[person]} times" for person in self.owed if times[person] != 1]
        self.faults += [f"{row['consumer']}: {row['reason']}" for row in await self.machine.sql.fetch("SELECT * FROM quarantine")]

    async def deleted_too_early(self) -> None:
        """Answers of commands that are gone are as old as they have to be."""
        left = {row["key"] for row in await self.machine.sql.fetch("SELECT key FROM idempotency")}
        now = self.machine.true_time()
        self.faults += [
            f"kept for {now - at}" for key, at in self.answers.items() if key not in left and now - at < KEPT - TOLERANCE
        ]
        self.answers = {key: at for key, at in self.answers.items() if key in left}

    # What happens to clocks. Each leaves the times as it says; the storm sets them right.

    def lied(self, least: timedelta = timedelta(minutes=20)) -> timedelta:
        """By how much a time is set wrongly, ahead or back: as likely by hours as by months."""
        days = self.random.choice(((0.02, 0.5), (1, 4), (5, 60), (60, 500)))
        return self.random.choice((1, 1, -1)) * max(least, timedelta(days=self.random.uniform(*days)))

    async def time_passes(self) -> None:
        """Nothing but time."""
        await self.machine.passes(timedelta(days=self.random.uniform(0.001, 2.5)))

    async def both_are_set(self) -> None:
        """One machine has both."""
        lie = self.lied()
        await self.machine.set(lie, lie)

    async def the_process_machine_is_set(self) -> None:
        """Of two machines one."""
        await self.machine.set(self.lied(), NO)

    async def the_database_machine_is_set(self) -> None:
        """Of two machines the other."""
        await self.machine.set(NO, self.lied())

    async def both_are_set_differently(self) -> None:
        """Two machines, each by itself."""
        await self.machine.set(self.lied(), self.lied())

    async def the_process_starts_anew(self) -> None:
        """On a machine that runs on, after a minute or after weeks."""
        await self.stop()
        await self.machine.passes(timedelta(days=self.random.choice((0.001, 0.4, 2.6, 21))))
        self.machine.process()
        await self.start()

    async def the_machine_starts_anew(self) -> None:
        """After a night, a weekend or weeks, and with the right time."""
        await self._start_machine(NO, NO)

    async def one_of_two_machines_starts_with_a_wrong_time(self) -> None:
        """The database's is right. Half of them would look like an outage."""
        await self._start_machine(self.random.choice((self.lied(), timedelta(days=self.random.uniform(1, 3)))), NO)

    async def the_only_machine_starts_with_a_wrong_time(self) -> None:
        """And the database shows it, too."""
        lie = self.lied(least=timedelta(days=5))
        await self._start_machine(lie if lie > NO else lie - timedelta(days=30), None)

    async def _start_machine(self, lie: timedelta, database_lie: timedelta | None) -> None:
        await self.place.until(self._marked)
        pause = timedelta(days=self.random.choice((0.01, 0.4, 2.6, 21)))
        self.unexplained |= bool(self.machine.runtime.clock.doubt) or pause > timedelta(days=4)
        await self.stop()
        await self.machine.passes(pause)
        self.unexplained |= lie != NO  # until it is right again, more time may pass than an outage takes
        await self.machine.set(lie, lie if database_lie is None else database_lie)
        self.machine.start()
        self.machine.process()
        await self.start()

    async def the_machine_sleeps(self) -> None:
        """A virtual machine is suspended, and nobody else saw the time pass."""
        await self.machine.passes(timedelta(hours=self.random.uniform(1, 200)), asleep=True)
        self.unexplained = True

    def happenings(self) -> list[Callable[[], Awaitable[None]]]:
        """All of these once, in any order."""
        found = [
            self.time_passes,
            self.both_are_set,
            self.the_process_machine_is_set,
            self.the_database_machine_is_set,
            self.both_are_set_differently,
            self.the_process_starts_anew,
            self.the_machine_starts_anew,
            self.one_of_two_machines_starts_with_a_wrong_time,
            self.the_only_machine_starts_with_a_wrong_time,
            self.the_machine_sleeps,
        ]
        return self.random.sample(found, len(found))


async def storm_of_clocks(place: World, seed: int, rounds: int) -> Storm:
    """So often everything happens to the clocks, in any order; what came of it."""
    random = Random(seed)
    first = day_of(datetime.now().astimezone())
    owed = {uuid4(): first + timedelta(days=random.randrange(HORIZON)) for _ in range(DUE)}
    told: list[tuple[UUID, datetime]] = []
    machine: Machine

    def tell(row: DueRow, today: date) -> Any:
        told.append((row.subject, machine.true_time()))
        return toy.Say(sample(CertificateIssued))

    def due(recorded: Recorded) -> date:
        return owed[recorded.stream_id]

    duty = Duty("STORM", toy.PERSON, tell, when={PersonRegistered: due}, until=(CertificateIssued,))
    machine = await settable(place, replace(toy.COUNTED, rooms=(toy.COUNTING, Room(duties=(duty,)))), toy.MIGRATION)
    storm = Storm(place, random, machine, owed, told)
    await storm.begin()
    for happening in [each for _ in range(rounds) for each in storm.happenings()]:
        await happening()
        await storm.tempt()
        await storm.time_passes()
        await storm.tempt()
        await storm.deleted_too_early()
        if random.random() < 0.7:
            await machine.set(NO, NO)
            await storm.settle()
    await machine.set(NO, NO)
    await storm.settle()
    await storm.machine.passes(timedelta(days=HORIZON))
    await storm.settle()
    await storm.stop()
    await storm.judge()
    return storm
