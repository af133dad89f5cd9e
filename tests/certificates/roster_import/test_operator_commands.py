"""The operator's two commands for rosters, run as he runs them: what they write, where, and how they end."""

import asyncio
import json
import os
import stat
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.certificates.service import SERVICE
from services.engine.runtime import Runtime
from tests.bench.registering import roster
from tests.certificates.office import CITIZENS
from tests.certificates.roster_import.samples import COUNTY, person, sheet
from tests.world import World

pytestmark = pytest.mark.long


async def run(runtime: Runtime, command: str, *arguments: Any) -> tuple[int, str, str]:
    """Exit code, standard output, and what went to the terminal."""
    config = runtime.settings
    secret = {"DATABASE_URL": config.database_url, "SITE_KEY": config.site_key}
    plain = {"PROFILE": config.profile, "CLOCK_FILE": config.clock_file, "REGISTRY": config.registry, "KAFKA": config.kafka}
    more = {f"SHOUWANG_{k}": v.get_secret_value() for k, v in secret.items()} | {f"SHOUWANG_{k}": str(v) for k, v in plain.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"services.certificates.{command}",
        *map(str, arguments),
        env=os.environ | more,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_a_roster_goes_in_and_out_from_the_command_line(place: World) -> None:
    runtime = await place.open(SERVICE)
    place.set_clock(datetime.fromisoformat("2026-03-02T10:00+08:00"))
    given, made = place.folder / "in.xlsx", place.folder / "out.xlsx"
    given.write_bytes(sheet(*(person(n) for n in range(12))))
    into = (given, "--county", COUNTY, "--as-of", "2026-03-02", "--clerk", "clerk-1")
    code, printed, shown = await run(runtime, "roster_import", *into)
    assert (code, json.loads(printed)["outcomes"]) == (0, {"CertificateRecorded": 12, "PersonRegistered": 12, "unchanged": 0})
    assert CITIZENS[0] not in printed + shown
    out_of = (made, "--county", COUNTY, "--clerk", "clerk-1", "--reason", "ANNUAL_CHECK")
    code, printed, shown = await run(runtime, "roster_import.export", *out_of)
    assert (code, printed, stat.S_IMODE(made.stat().st_mode)) == (0, "", 0o600)
    assert CITIZENS[0] not in shown
    assert await place.sql("certificates", "SELECT count(*) AS n FROM person_read") == [(12,)]
    code, _, shown = await run(runtime, "roster_import.export", *out_of)
    assert (code, shown) == (2, f"exists already: {made}\n")
    code, _, shown = await run(runtime, "roster_import", Path("nowhere"), *into[1:])
    assert (code, shown) == (2, "no such file: nowhere\n")
    code, _, shown = await run(runtime, "roster_import.export", made.with_name("other"), *out_of[1:-1], "because")
    assert (code, "refused: reason_not_a_code: " in shown) == (1, True)


async def test_a_large_roster_is_taken_by_worker_processes_from_the_command_line(place: World) -> None:
    runtime = await place.open(SERVICE)
    place.set_clock(datetime.fromisoformat("2026-03-02T10:00+08:00"))
    given = place.folder / "large.csv"
    given.write_bytes(roster(10_001, 0))
    into = (given, "--county", COUNTY, "--as-of", "2026-03-02", "--clerk", "clerk-1")
    code, printed, _ = await run(runtime, "roster_import", *into)
    assert (code, json.loads(printed)["outcomes"]["CertificateRecorded"]) == (0, 10_001)
    assert await place.sql("certificates", "SELECT count(*) AS n FROM views.certificate_view") == [(10_001,)]
    assert await place.sql("certificates", "SELECT next_row FROM roster_import") == [(10_003,)]
