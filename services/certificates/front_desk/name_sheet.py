"""名单: persons of a work list with their names, as a sheet that says on every page who took it, when and for what. Pure.

Who may ask, how many, and the record of it are for the endpoint (`api/name_sheets.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.certificates.offices import PURPOSES
from services.documents.workbook import Cell, Page, written
from services.domain.agencies import AGENCIES
from services.kernel.events import SHANGHAI

HEADER = ("人员编号", "姓名", "村（社区）", "身份证号", "联系电话")


@dataclass(frozen=True, slots=True)
class Taken:
    """Who took the sheet (agency, division, person), when, for which purpose and piece of work."""

    agency: str
    division: str
    person: str
    at: datetime
    purpose: str
    reference: str

    @property
    def mark(self) -> str:
        """The watermark."""
        at = self.at.astimezone(SHANGHAI)
        who = f"{AGENCIES.short(self.agency, at.date())}（{self.division}）{self.person[:40]}"
        when = f"{at:%Y-%m-%d %H:%M}"
        return f"仅供{who}于{when}为{PURPOSES.get(self.purpose, self.purpose)}使用，事项{self.reference}，查询已登记，不得转发"


def workbook(rows: Sequence[Sequence[Cell]], refused: int, taken: Taken) -> bytes:
    """The sheet; `rows` as wide as `HEADER`, `refused` persons are not in it."""
    notes = [taken.mark] + ([f"另有{refused}人不在本单位辖区或查无此人，未列出"] if refused else [])
    return written([Page("名单", f"名单（{len(rows)}人）", HEADER, rows, notes, taken.mark)])
