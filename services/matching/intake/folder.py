"""A folder that is watched: what an agency puts down is taken as though its office had sent it, and moved away with a report beside it.

`SHOUWANG_ROSTER_FOLDER/<AGENCY>/<county>/<KIND>_<as of>[_<period>].xlsx`. Whoever may write into a folder of an agency sends in its name,
so the folders' rights are the operator's to set. A file is touched when it has not changed from one look to the next; afterwards it lies in
`taken/` or `refused/` of its folder. A worker that dies in between finds it again, and the same file is the same roster; several may look.
"""

import asyncio
import os
from datetime import date
from pathlib import Path

import structlog
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.engine.loop import looped
from services.engine.retry import passes
from services.engine.runtime import Runtime
from services.kernel.errors import Malformed, ShouwangError
from services.kernel.events import Context
from services.matching.intake.jobs import JobState
from services.matching.intake.nursery import Nursery
from services.matching.intake.sent import LARGEST, sent
from services.matching.intake.work import sent_and_read
from services.matching.policy.problem_words import words_of
from services.matching.roster import queries
from services.matching.vocabulary import RosterKind
from services.shell.http.call import uuid7

log = structlog.get_logger()
PAUSE = 5.0  # seconds between looks
TAKEN, REFUSED = "taken", "refused"
_REPORTED = 1000  # rows that a report names
_Seen = dict[Path, tuple[int, int]]  # size in bytes and time of the last change, of each file that was there


class FolderSettings(BaseSettings):
    """`roster_folder`: what is watched; None: nothing."""

    model_config = SettingsConfigDict(env_prefix="SHOUWANG_", extra="ignore")

    roster_folder: Path | None = None


async def run(runtime: Runtime) -> None:
    """Watch until cancelled; without a folder there is nothing to do."""
    root = FolderSettings().roster_folder
    if root is None:
        await asyncio.Event().wait()
        return
    seen: _Seen = {}
    async with Nursery() as nursery:
        await looped("roster_folder", lambda: look(runtime, root, seen, nursery), PAUSE, pulse=runtime.pulse)


async def look(runtime: Runtime, root: Path, seen: _Seen, nursery: Nursery | None = None) -> int:
    """Take every file that stands as it stood at the last look (`seen`, which is brought up to date); how many were moved away."""
    now = await asyncio.to_thread(_files, root)
    ready = [file for file, stamp in now.items() if seen.get(file) == stamp]
    seen.clear()
    seen.update(now)
    for file in ready:
        where, report = await _taken(runtime, root, file, nursery)
        await asyncio.to_thread(_moved, file, where, report)
        log.info("roster_file_moved", agency=file.parts[-3], county=file.parts[-2], where=where)
    return len(ready)


def _files(root: Path) -> _Seen:
    """What lies in the folders of agencies; what begins with a dot is not there yet."""
    found = {}
    for file in sorted(root.glob("*/*/*")):
        if file.is_file() and not file.name.startswith("."):
            stat = file.lstat()
            found[file] = (stat.st_size, stat.st_mtime_ns)
    return found


async def _taken(runtime: Runtime, root: Path, file: Path, nursery: Nursery | None) -> tuple[str, str]:
    """Where a file goes, and what is said of it. Raises what passes by itself, with the file where it was."""
    try:
        return await _read(runtime, root, file, nursery)
    except ShouwangError as refused:
        if passes(refused):
            raise
        return (TAKEN if refused.code == "roster_known" else REFUSED), f"{refused.code}：{refused.detail}\n"


async def _read(runtime: Runtime, root: Path, file: Path, nursery: Nursery | None) -> tuple[str, str]:
    agency, county, name = file.relative_to(root).parts
    kind, as_of, period = named(name)
    if file.is_symlink() or file.stat().st_size > LARGEST:
        raise Malformed("file_too_large", f"文件不超过{LARGEST >> 20}MB，且须是文件本身")
    data = await asyncio.to_thread(file.read_bytes)
    context = Context(f"{agency}:{county}:folder", runtime.clock(), seed := uuid7(), seed, scope=county)
    said = sent(kind, county, as_of, period, data, runtime.service.policy, context)
    job = await sent_and_read(runtime, data, said, context, nursery)
    roster = runtime.service.policy.rosters.one(kind, context.today, county)
    problems = await queries.problems(runtime.pool, job.roster_id, None, _REPORTED)
    lines = [f"{roster.title}：{job.state}{f'（{job.code}）' if job.code else ''}，共{job.rows_read}行"]
    lines += [f"{f'第{p.row}行' if p.row else '文件'}：{words_of(p.code, roster)}（{p.code}）" for p in problems]
    return REFUSED if job.state is JobState.REJECTED else TAKEN, "\n".join(lines) + "\n"


def named(name: str) -> tuple[RosterKind, date, str | None]:
    """What a file's name says: which list it is, as of which day, of which month or year. Raises `Malformed`: file_name_unknown."""
    kind, _, rest = name.rpartition(".")[0].partition("_20")
    as_of, _, period = f"20{rest}".partition("_")
    try:
        return RosterKind(kind), date.fromisoformat(as_of), period or None
    except ValueError:
        raise Malformed(
            "file_name_unknown", "文件名应为：名单种类_截止日期_所属期，如SUBSIDY_PAYMENT_2026-03-31_2026-03.xlsx"
        ) from None


def _moved(file: Path, where: str, report: str) -> None:
    """Move a file away, the report first: whoever sees the file sees why. A name that is there already is numbered."""
    folder = file.parent / where
    folder.mkdir(exist_ok=True)
    number, place = 1, folder / file.name
    while place.exists():
        number += 1
        place = folder / f"{file.stem}.{number}{file.suffix}"
    place.with_name(f"{place.name}.report.txt").write_text(report, encoding="utf-8-sig")
    try:
        os.replace(file, place)
    except FileNotFoundError:  # another worker was faster
        place.with_name(f"{place.name}.report.txt").unlink()
