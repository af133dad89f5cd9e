"""Lists of any kind as offices send them, read as typed rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.documents.places import CountyPlaces, load_places
from services.matching.policy.rosters import load_rosters
from services.matching.roster.typed import TypedSheet, read
from tests.documents.sheets import book

TODAY = date(2026, 4, 10)
IDS = ("533499198001010013", "533499199012310024", "533499196507150030", "533499201005050041")
KINDS = {row.id: row.value for row in load_rosters().rows}
PLACES = CountyPlaces(load_places(), "533401", TODAY)
PAYMENT = ["序号", "姓名", "身份证号", "残疾类别", "残疾等级", "补贴类型", "月标准", "月数", "金额"]
PAID = [1, "扎西", IDS[0], "肢体", "二级", "护理补贴", 100, 1, 100]


def sheet(kind: str, *lines: Sequence[Any], period: str = "2026-03") -> TypedSheet:
    """What is read of a file with these lines."""
    return read(book(lines), KINDS[kind], PLACES, TODAY, period, 100)


def codes(found: TypedSheet, rejected: bool) -> dict[int, list[str]]:
    """What is told of each row."""
    told: dict[int, list[str]] = {}
    for problem in found.problems:
        if problem.rejected is rejected:
            told.setdefault(problem.row, []).append(problem.code)
    return told
