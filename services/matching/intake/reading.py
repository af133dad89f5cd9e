"""A file read by a process of its own into what is kept of it: typed rows as one Parquet file, and the report of its rows.

To read a hundred thousand rows keeps a processor busy for seconds. That is done where nobody waits for it (`reading_child.py`, forked by a
`nursery.py`), with limits of memory and time, and without a setting or a secret of the environment; the key of the blind index goes through
its input. Names, numbers and accounts do not leave that process.
"""

import asyncio
import json
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from services.domain.months import last_day
from services.kernel.errors import Malformed
from services.matching.intake.nursery import Nursery, Process
from services.matching.intake.sent import Sent
from services.matching.policy.load import MatchingPolicy
from services.matching.roster.problem import OF_THE_FILE, Problem
from services.matching.vocabulary import RosterKind

CONTENT, INDEXES, REPORT, COPY = "content.parquet", "indexes.txt", "report.json", "copy.xlsx"
WAITING = 300.0  # seconds that anybody waits for one file
_LIMITED = (signal.SIGABRT, signal.SIGKILL, signal.SIGXCPU)  # how a process ends that is refused memory or time


class ReadingFailed(Exception):
    """The process that reads ended by a fault of ours; the message says where, and nothing of the file."""


@dataclass(frozen=True, slots=True)
class Usable:
    """A file whose rows are taken: how many it has, used or not, how many of them are not used, and how many have a valid citizen id; how
    many cells they could fill (one for each column that is kept of the kind), and how many are empty; how many lines are no rows. In
    `folder` lie its CONTENT, and the INDEXES of its persons, separated by commas."""

    rows: int
    rejected: int
    identified: int
    cells: int
    empty_cells: int
    left_out: int
    problems: tuple[Problem, ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that is refused as a whole: a code, a sentence for whoever sent it, and the row report, if rows were read at all."""

    reason: str
    detail: str
    rows: int = 0
    rejected: int = 0
    problems: tuple[Problem, ...] = ()


Heard = Callable[[int], None]


async def read(
    data: bytes,
    sent: Sent,
    policy: MatchingPolicy,
    site_key: str,
    today: date,
    folder: Path,
    heard: Heard,
    nursery: Nursery | None = None,
) -> Usable | Unusable:
    """What the file holds, by the rows in force today (Asia/Shanghai) in its county. `folder`: private, empty; `heard` is told how many
    lines are read. Whoever reads many files has a `nursery`. Raises `ReadingFailed`."""
    limits = policy.intake.one("roster", today, sent.division)
    asked = {
        "do": "read",
        "kind": sent.kind.value,
        "division": sent.division,
        "period": sent.period,
        "today": today.isoformat(),
        "site_key": site_key,
        "max_rows": limits.max_rows,
        "folder": str(folder),
    }
    try:
        await _run(nursery, asked, data, heard)
    except Malformed as refused:
        return Unusable(refused.code, refused.detail)
    said = json.loads((folder / REPORT).read_bytes())
    problems = (*_of_its_month(sent), *(Problem(*problem) for problem in said.pop("problems")))
    if said["rejected"] * 100 > limits.max_rejected_percent * said["rows"]:
        detail = f"{said['rows']} 行中有 {said['rejected']} 行不能使用"
        return Unusable("too_many_bad_rows", detail, said["rows"], said["rejected"], problems)
    return Usable(**said, problems=problems, folder=folder)


def _of_its_month(sent: Sent) -> list[Problem]:
    """A payment sheet from before the end of its month says what is paid so far: told, for it is usual; another sheet may follow."""
    pays = sent.kind is RosterKind.SUBSIDY_PAYMENT and sent.period is not None
    over = not pays or sent.as_of >= last_day(str(sent.period))
    return [] if over else [Problem(OF_THE_FILE, "month_not_over", rejected=False)]


async def annotated(
    data: bytes, kind: RosterKind, division: str, today: date, marks: Sequence[tuple[int, str]], max_rows: int
) -> bytes:
    """The list in the file as a workbook, with what is said of its rows (number, words) beside them; row 0 is the file as a whole.

    Raises `Malformed`, for a file in which no list can be found; `ReadingFailed`.
    """
    with TemporaryDirectory(prefix="shouwang-roster-") as folder:
        asked = {
            "do": "annotate",
            "kind": kind.value,
            "division": division,
            "today": today.isoformat(),
            "marks": list(marks),
            "max_rows": max_rows,
            "folder": folder,
        }
        await _run(None, asked, data, lambda _: None)
        return (Path(folder) / COPY).read_bytes()


async def _run(nursery: Nursery | None, asked: Mapping[str, Any], data: bytes, heard: Heard) -> None:
    """Have a process do what is asked with the file; it is gone when this ends, however it ends. Raises `Malformed`, `ReadingFailed`."""
    async with nullcontext(nursery) if nursery else Nursery() as its_nursery:
        try:
            async with asyncio.timeout(WAITING), its_nursery.reader() as process:
                await _conversed(process, asked, data, heard)
        except TimeoutError:
            raise Malformed("sheet_too_large", f"读取此文件超过{WAITING:.0f}秒，不可能是名单") from None


async def _conversed(process: Process, asked: Mapping[str, Any], data: bytes, heard: Heard) -> None:
    """Until the fork that reads the file has ended and everything was well."""
    assert process.stdin
    assert process.stdout
    with suppress(ConnectionError):  # it ended; why is said below
        process.stdin.write(json.dumps({**asked, "size": len(data)}).encode() + b"\n")
        process.stdin.write(data)
        await process.stdin.drain()
    done = False
    while line := await process.stdout.readline():
        match json.loads(line):
            case ["read", int(lines)]:
                heard(lines)
            case ["refused", str(code), str(detail)]:
                raise Malformed(code, detail)
            case ["failed", str(where)]:
                raise ReadingFailed(where)
            case ["done"]:
                done = True
            case ["ended", int(status)]:
                return _check(status, done)
    raise ReadingFailed(f"the process that waits for files ended with {await process.wait()}")


def _check(status: int, done: bool) -> None:
    if -status in _LIMITED:
        raise Malformed("sheet_too_large", "读取此文件所需的内存或时间超过上限；请把名单复制到新的工作簿后重发")
    if status or not done:
        raise ReadingFailed(f"it ended with {status}")
