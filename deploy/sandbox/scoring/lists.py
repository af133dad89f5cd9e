"""The agencies' part: each month's files, sent by whom they are of; those that are held are confirmed by their sender."""

import asyncio
from pathlib import Path
from typing import Any

from deploy.sandbox.county.world import COUNTY
from deploy.sandbox.doors import Doors, Quiet

OF_A_YEAR = frozenset({"MEDICAL_INSURANCE", "NEEDS_SURVEY", "PENSION_INSURANCE"})
OF_A_DAY = frozenset(
    {"ASSESSMENT_RESULT", "EMPLOYMENT", "FAMILY_DOCTOR", "HOUSE_SAFETY", "PUBLIC_RENTAL", "SCHOOL_ROLL", "TRAINING"}
)  # all others are of a month
PATIENCE = 900.0  # seconds until a month's lists are read and compared


class ListError(Exception):
    """A list that was not received."""


class Lists:
    """See the module. `files`: which file each roster is, by its id."""

    def __init__(self, doors: Doors, quiet: Quiet, folder: Path) -> None:
        self._doors, self._quiet, self._folder = doors, quiet, folder
        self.files: dict[str, str] = {}

    async def send(self, month: str) -> None:
        """All files of a month, until they are read and compared. Raises `ListError`: an empty list is refused, any other is received."""
        asked = await asyncio.gather(*[self._send(file, month) for file in sorted((self._folder / month).iterdir())])
        await self._quiet.wait(PATIENCE, compared=True)
        confirmed = [await self._received(office, job) for office, job in asked]
        if any(confirmed):
            await self._quiet.wait(PATIENCE, compared=True)

    async def _send(self, file: Path, month: str) -> tuple[str, dict[str, Any]]:
        *kind, agency, day = file.stem.split("_")
        about = {"kind": "_".join(kind), "division": COUNTY, "as_of": day}
        if about["kind"] not in OF_A_DAY:
            about["period"] = month[:4] if about["kind"] in OF_A_YEAR else month
        office = f"{agency}:{COUNTY}"
        job = await self._doors.post(office, "steward", "matching", "/rosters", file.read_bytes(), **about)
        self.files[job["roster_id"]] = f"{month}/{file.name}"
        return office, job

    async def _received(self, office: str, job: dict[str, Any]) -> bool:
        """Whether it was held, and its sender has now said that it is right."""
        said = await self._doors.get(office, "steward", "matching", f"/roster-jobs/{job['job_id']}")
        if said["state"] == "HELD":
            await self._doors.post(office, "steward", "matching", f"/rosters/{job['roster_id']}/confirm")
            return True
        if said["state"] != "RECEIVED" and said["code"] != "sheet_empty":
            raise ListError(f"{self.files[job['roster_id']]}: {said['state']}, {said['code']}")
        return False
