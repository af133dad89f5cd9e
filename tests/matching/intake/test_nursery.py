"""Processes that wait for files: each file has a fork with limits of its own, and after anything odd its process is another one."""

import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.matching.intake import reading
from services.matching.intake.nursery import Nursery, Process
from services.matching.intake.reading import ReadingFailed, Unusable, Usable
from services.matching.intake.sent import Sent
from services.matching.policy.load import MatchingPolicy, load_policy
from services.matching.vocabulary import RosterKind
from tests.matching.county import COUNTY, DAY
from tests.matching.intake.desk import listing
from tests.world import SITE_KEY

TODAY = date(2026, 4, 1)


class Watched(Nursery):
    """A nursery that says which processes it gave."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[Process] = []

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[Process]:
        """As it is."""
        async with super().reader() as process:
            self.given.append(process)
            yield process


@pytest.fixture(scope="module")
def policy() -> MatchingPolicy:
    """The rows of the house."""
    return load_policy()


async def read(data: bytes, folder: Path, policy: MatchingPolicy, nursery: Nursery) -> Usable | Unusable:
    """What is read of a file, in a folder that is there for it alone."""
    sent = Sent(RosterKind.SUBSISTENCE_ALLOWANCE, COUNTY, DAY, "2026-01", "MZ", "digest", len(data))
    folder.mkdir()
    return await reading.read(data, sent, policy, SITE_KEY, TODAY, folder, lambda _: None, nursery)


def lives(process: int) -> int:
    """The parent of a process that has not ended; 0 of one that has."""
    try:
        state, parent = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 0 if state == "Z" else int(parent)


def forked(parent: int) -> list[int]:
    """The processes of which this one is the parent and that have not ended."""
    return [process for entry in Path("/proc").glob("[0-9]*") if lives(process := int(entry.name)) == parent]


async def until(holds: Callable[[], Any]) -> Any:
    """What this says once it says something, which it does soon."""
    for _ in range(2000):
        if said := holds():
            return said
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


async def fork_of(process: Process) -> int:
    """The fork that waits for a file, or reads it, once it is confined."""
    fork: int
    (fork,) = await until(lambda: forked(process.pid))
    await until(lambda: resource.prlimit(fork, resource.RLIMIT_CORE) == (0, 0))
    return fork


async def test_a_fork_is_limited_knows_no_secret_and_ends_with_its_process_when_anything_goes_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHOUWANG_SITE_KEY", "a secret")
    given: list[Process] = []

    async def interrupted(nursery: Nursery) -> None:
        async with nursery.reader() as process:
            given.append(process)
            fork = await fork_of(process)
            limits = [resource.prlimit(fork, what) for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)]
            assert limits == [(4 << 30, 4 << 30), (240, 240), (1 << 29, 1 << 29)]
            environment = Path(f"/proc/{fork}/environ").read_text().split("\0")
            assert {entry.partition("=")[0] for entry in environment if entry} <= {"PATH", "LD_LIBRARY_PATH", "PYTHONHOME"}
            raise ZeroDivisionError(fork)

    async with Nursery() as nursery:
        with pytest.raises(ZeroDivisionError) as raised:
            await interrupted(nursery)
        assert given[0].returncode == -signal.SIGKILL
        (fork,) = raised.value.args
        await until(lambda: not lives(fork))


async def test_a_file_that_was_read_leaves_its_process_for_the_next_and_one_that_was_refused_does_not(
    tmp_path: Path, policy: MatchingPolicy
) -> None:
    async with Watched() as nursery:
        whole = await read(listing(1, 2, 3), tmp_path / "a", policy, nursery)
        other = await read(listing(4, 5), tmp_path / "b", policy, nursery)
        assert isinstance(whole, Usable)
        assert isinstance(other, Usable)
        assert (whole.rows, other.rows, other.problems) == (3, 2, ())
        refused = await read(b"no sheet", tmp_path / "c", policy, nursery)
        assert isinstance(refused, Unusable)
        assert refused.reason == "sheet_unreadable"
        again = await read(listing(1, 2, 3), tmp_path / "d", policy, nursery)
        assert (tmp_path / "d" / reading.INDEXES).read_bytes() == (tmp_path / "a" / reading.INDEXES).read_bytes()
        assert isinstance(again, Usable)
        first, second, third, fourth = nursery.given
        assert (first, third.returncode, fourth == third) == (second, -signal.SIGKILL, False)
        fourth.kill()
        await fourth.wait()
        assert isinstance(await read(listing(1), tmp_path / "e", policy, nursery), Usable), "one that ended while it waited"
        last = nursery.given[-1]
    assert last.returncode == -signal.SIGKILL


async def test_two_files_at_the_same_time_have_a_process_each(tmp_path: Path, policy: MatchingPolicy) -> None:
    async with Watched() as nursery:
        found = await asyncio.gather(*(read(listing(1), tmp_path / name, policy, nursery) for name in "ab"))
        assert [type(each) for each in found] == [Usable, Usable]
        assert len(set(nursery.given)) == 2


async def test_how_a_fork_ended_decides_what_is_said_of_its_file(
    tmp_path: Path, policy: MatchingPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended_by(number: int) -> Unusable:
        async with Watched() as nursery:
            reading_it = asyncio.create_task(read(listing(*range(900)), tmp_path / str(number), policy, nursery))
            (process,) = await until(lambda: nursery.given)
            os.kill(await fork_of(process), number)
            found = await reading_it
            assert isinstance(found, Unusable)
            return found

    assert (await ended_by(signal.SIGXCPU)).reason == "sheet_too_large"
    with pytest.raises(ReadingFailed, match="ended with -15"):
        await ended_by(signal.SIGTERM)
    monkeypatch.setattr(reading, "WAITING", 0.05)
    async with Nursery() as nursery:
        late = await read(listing(1), tmp_path / "late", policy, nursery)
        assert isinstance(late, Unusable)
        assert "超过0秒" in late.detail
