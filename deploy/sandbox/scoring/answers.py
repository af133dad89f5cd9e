"""What matching says at its doors, named as the answer key names it: citizen ids, numbers of households, files and their lines."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from deploy.sandbox.county.world import COUNTY
from deploy.sandbox.doors import Doors
from deploy.sandbox.offices import AGENCIES
from services.domain.citizen_id import blind_index

_PAGE = 500
Line = tuple[str, int]  # of a file


class Answers:
    """`persons`, `households`, `files`: what pseudonyms, ids and rosters are in the files that are played; they may grow meanwhile."""

    def __init__(
        self,
        doors: Doors,
        key: Mapping[str, Any],
        persons: Mapping[str, str],
        households: Mapping[int, str],
        files: Mapping[str, str],
    ) -> None:
        self._doors, self._ids, self._households, self._files = doors, persons, households, files
        # Of whom the register does not know, matching keeps a keyed hash: of those whom the key names it is known here.
        self._keyed = {str(blind_index(doors.processes.site_key, row["subject"])): row["subject"] for row in key["findings"]}
        self._owners = sorted({row["owner"] for row in key["findings"]} | set(AGENCIES))
        self.candidates: dict[Line, list[str]] = {}

    async def findings(self) -> list[dict[str, Any]]:
        """Every finding of the county, as each owner sees its own."""
        subjects = {**self._keyed, **self._persons(), **self._files}
        subjects |= {made: str(number) for number, made in self._households.items()}
        return [_named(row, subjects) for owner in self._owners for row in [each async for each in self._of(owner)]]

    async def look_at_candidates(self) -> None:
        """Keep whom each row without a usable id may mean, by the last comparison."""
        persons = self._persons()
        async for row in self._pages(f"CL:{COUNTY}", "/unidentified", state="OPEN"):
            for line in self._lines(row):
                self.candidates[line] = [persons.get(each["person_id"], "") for each in row["candidates"]]

    def offered(self) -> Iterator[dict[str, Any]]:
        """The candidates as the score takes them."""
        return ({"file": file, "line": line, "subjects": subjects} for (file, line), subjects in self.candidates.items())

    def _lines(self, row: Mapping[str, Any]) -> Iterator[Line]:
        return ((self._files[listed["roster_id"]], line) for listed in row["lists"] for line in listed["rows"])

    def _persons(self) -> dict[str, str]:
        return {person_id: citizen_id for citizen_id, person_id in self._ids.items()}

    def _of(self, owner: str) -> AsyncIterator[dict[str, Any]]:
        return self._pages(f"{owner}:{COUNTY}", "/findings", owner=owner, division=COUNTY)

    async def _pages(self, office: str, path: str, **asked: Any) -> AsyncIterator[dict[str, Any]]:
        after: dict[str, str] = {}
        while True:
            page = await self._doors.get(office, "official", "matching", path, limit=_PAGE, **asked, **after)
            for row in page["items"]:
                yield row
            if not page["more"]:
                return
            after = {"after": page["cursor"]}


def _named(row: Mapping[str, Any], subjects: Mapping[str, str]) -> dict[str, Any]:
    said = {name: row[name] for name in ("rule", "object", "period", "owner", "may_be_lag", "opened_on", "closed_on", "settled")}
    return {**said, "type": row["finding"], "subject": subjects.get(row["subject"], row["subject"]), "open": row["state"] == "OPEN"}
