"""Files that come by the watched folder and by the operator's commands: the same rules as at the HTTP door, the same roster."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.kernel.errors import Malformed
from services.matching.intake import folder
from services.matching.vocabulary import RosterKind
from tests.matching.county import COUNTY
from tests.matching.intake.desk import Desk, listing, send
from tests.world import World

NAME = "SUBSISTENCE_ALLOWANCE_2026-01-01_2026-01.xlsx"


def test_a_files_name_says_which_list_it_is() -> None:
    assert folder.named(NAME) == (RosterKind.SUBSISTENCE_ALLOWANCE, date(2026, 1, 1), "2026-01")
    assert folder.named("MEDICAL_INSURANCE_2026-01-01_2026.csv") == (RosterKind.MEDICAL_INSURANCE, date(2026, 1, 1), "2026")
    assert folder.named("SCHOOL_ROLL_2026-01-01.xls") == (RosterKind.SCHOOL_ROLL, date(2026, 1, 1), None)
    for name in ("低保.xlsx", "SCHOOL_ROLL.xlsx", "SCHOOL_ROLL_2026-13-01.xlsx", "SCHOOL_2026-01-01.xlsx", "2026-01-01.xlsx", "x"):
        with pytest.raises(Malformed, match="file_name_unknown"):
            folder.named(name)


def put(place: World, agency: str, name: str, data: bytes) -> Path:
    """A file in the folder of an agency."""
    mine = place.folder / "lists" / agency / COUNTY
    mine.mkdir(parents=True, exist_ok=True)
    (mine / name).write_bytes(data)
    return mine


async def test_what_is_put_into_a_folder_is_taken_once_it_stands_still_and_moved_away_with_a_report(
    desk: Desk, place: World
) -> None:
    runtime, root, seen = desk.county.runtime, place.folder / "lists", dict[Path, tuple[int, int]]()
    mine = put(place, "MZ", NAME, listing(1, 2))
    assert await folder.look(runtime, root, seen) == 0, "it may still be written"
    os.utime(mine / NAME, (1, 1))
    assert await folder.look(runtime, root, seen) == 0, "it has changed"
    assert await folder.look(runtime, root, seen) == 1
    assert sorted(path.name for path in mine.iterdir()) == ["taken"]
    assert "RECEIVED，共2行" in (mine / "taken" / f"{NAME}.report.txt").read_text(encoding="utf-8-sig")
    (row,) = (await desk.steward.get("/rosters"))["items"]
    assert (row["sent_by"], row["state"], row["rows"]) == ("MZ", "RECEIVED", 2)
    put(place, "MZ", NAME, listing(1, 2))
    assert [await folder.look(runtime, root, seen) for _ in range(3)] == [0, 1, 0]
    again = (mine / "taken" / f"{NAME[:-5]}.2.xlsx.report.txt").read_text(encoding="utf-8-sig")
    assert again.startswith("roster_known：")
    assert len((await desk.steward.get("/rosters"))["items"]) == 1


@pytest.mark.parametrize(
    ("agency", "name", "data", "said"),
    [
        ("WJ", NAME, listing(1), "not_a_sender_of_this_list："),
        ("MZ", "低保.xlsx", listing(1), "file_name_unknown："),
        ("MZ", NAME.replace("2026-01.", "2026-02."), listing(1), "period_in_future："),
        ("MZ", NAME, b"no sheet", "sheet_unreadable"),
        ("MZ", NAME, listing(1, broken=1), "第4行：身份证号不是文本"),
    ],
    ids=["another agency's", "no name", "of the future", "no sheet", "bad rows"],
)
async def test_what_cannot_be_taken_from_a_folder_is_refused_with_the_reason_beside_it(
    desk: Desk, place: World, agency: str, name: str, data: bytes, said: str
) -> None:
    mine, seen = put(place, agency, name, data), dict[Path, tuple[int, int]]()
    assert [await folder.look(desk.county.runtime, place.folder / "lists", seen) for _ in range(2)] == [0, 1]
    assert (mine / "refused" / name).read_bytes() == data
    assert said in (mine / "refused" / f"{name}.report.txt").read_text(encoding="utf-8-sig")


def command(*arguments: Any, **settings: str) -> "subprocess.CompletedProcess[str]":
    """The operator's command, with these settings alone."""
    environment = {"PATH": os.environ["PATH"], **{f"SHOUWANG_{name}": value for name, value in settings.items()}}
    asked = [sys.executable, "-m", "services.matching", "roster", *map(str, arguments)]
    return subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)


LIST = ("--kind", "SUBSISTENCE_ALLOWANCE", "--division", COUNTY, "--as-of", "2026-01-01", "--period", "2026-01")


def test_a_file_is_looked_at_without_any_server_or_setting(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(listing(1, 2))
    bad.write_bytes(listing(1, broken=1))
    said = command("validate", good, *LIST)
    assert (said.returncode, json.loads(said.stdout)["outcome"], json.loads(said.stdout)["rows"]) == (0, "usable", 2)
    said = command("validate", bad, *LIST)
    found = json.loads(said.stdout)
    assert (said.returncode, found["code"], found["problems"][0]["row"]) == (1, "too_many_bad_rows", 4)
    said = command("validate", good, *LIST[:-2])
    assert (said.returncode, said.stderr.partition(":")[0], "period_missing" in said.stderr) == (1, "refused", True)
    assert command("validate", tmp_path / "none.xlsx", *LIST).returncode == 2


async def test_a_file_is_sent_from_the_command_line_in_the_name_of_an_office(desk: Desk, place: World) -> None:
    config = desk.county.runtime.settings
    settings = {
        "DATABASE_URL": config.database_url.get_secret_value(),
        "SITE_KEY": config.site_key.get_secret_value(),
        "PROFILE": config.profile,
        "CLOCK_FILE": str(config.clock_file),
        "REGISTRY": config.registry,
        "KAFKA": config.kafka,
    }
    file = place.folder / "list.xlsx"
    file.write_bytes(listing(1, 2))
    office = ("--agency", "MZ", "--clerk", "clerk-1")
    said = await asyncio.to_thread(command, "send", file, *LIST, *office, **settings)
    assert (said.returncode, json.loads(said.stdout)["state"]) == (0, "RECEIVED"), said.stderr
    (event,) = await place.sql("matching", "SELECT actor FROM events")
    assert event["actor"] == f"MZ:{COUNTY}:clerk-1"
    said = await asyncio.to_thread(command, "send", file, *LIST, *office, **settings)
    assert (said.returncode, "roster_known" in said.stderr) == (1, True)
    assert (await send(desk.steward, listing(1, 2), "the-same-at-the-door"))[2]["title"] == "roster_known"
