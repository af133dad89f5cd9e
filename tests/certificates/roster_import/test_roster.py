"""The national register's roster: what only the whole file shows, and what taking it in leads to."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.sandbox.sheets import workbook
from services.certificates.roster_import.importer import Intake
from services.certificates.roster_import.row import Finding
from services.certificates.roster_import.validation import Judgement, Report
from services.certificates.service import SERVICE
from services.engine.runtime import Runtime
from services.kernel.errors import Malformed
from tests.certificates.certificate.story import POLICY
from tests.certificates.office import CITIZENS
from tests.certificates.roster_import.samples import COUNTY, DAY, HEADER, ONE, person, sheet
from tests.world import World


def test_totals_signatures_and_repeated_headers_are_counted_and_no_rows() -> None:
    blank = dict.fromkeys(HEADER, "")
    beside = [
        blank | {"姓名": "合计", "联系电话": "12"},
        blank | {"姓名": "制表人：测试甲"},
        dict(zip(HEADER, HEADER, strict=True)),
    ]
    unfinished = person(1, citizen_id="", status="审核未通过")  # a person's row, whatever a cell of it begins with
    data = workbook(HEADER, [list(row.values()) for row in (*beside, blank, unfinished, *(person(n) for n in range(2, 12)))])
    report = Judgement(data, COUNTY, DAY, POLICY).judged()
    assert report.below.left_out == {"total_or_signature": 2, "header_again": 1}
    assert (report.below.lines, report.usable, report.rejected, report.findings["id_missing"]) == (14, 10, 1, 1)


TWIN = "53349919800101003X"  # born on the same day as the first citizen
SPOILT: tuple[dict[str, Any], ...] = ({}, {"valid_to": "203112"}, {"citizen_id": ""}, {"status": "未注销"}, {"name": "合计"})
FILES: dict[str, tuple[list[dict[str, Any]], int, dict[str, int]]] = {
    "duplicate_row": ([person(0), person(0)], 1, {"duplicate_row": 1}),
    "two_cards": ([person(0), person(0, number=f"{ONE}43", grade="三级")], 1, {"two_cards": 1}),
    "id_shared": ([person(0), person(0, name="别人")], 1, {"id_shared": 1}),
    "id_split": ([person(0), person(0, citizen_id=TWIN, number=f"{TWIN}42")], 2, {"id_split": 1}),
    "phone_shared": ([person(n, phone=p) for n, p in enumerate(("13900000001", "139 0000 0001", "+8613900000001") * 2)][:5], 5, {}),
}


@pytest.mark.parametrize(("rows", "usable", "found"), FILES.values(), ids=FILES)
def test_what_only_the_whole_file_shows_has_a_name(rows: list[dict[str, Any]], usable: int, found: dict[str, int]) -> None:
    judgement = judged(*rows, *(person(n) for n in range(6, 12)))
    report = judgement.judged()
    assert (report.usable, report.rejected) == (usable + 6, len(rows) - usable)
    assert report.findings == {"village_unknown": usable + 6 + len(rows) - usable} | found
    assert judgement.shared == ({"13900000001"} if not found else set())


def ties(report: Report) -> None:
    """Every line is counted once."""
    assert report.below.lines == report.usable + report.rejected + sum(report.below.left_out.values())


LINES = st.sampled_from(
    [
        *([str(cell) for cell in person(n, **changes).values()] for n in range(3) for changes in SPOILT),
        ["合计", "", "", "", "", "", "", "", "", "9", ""],
        HEADER,
        [""] * 11,
        ["制表人：某"],
        ["叶枝镇"],
    ]
)


# A process reads each file. Long lists in few of them have every line beside every other one sooner than short lists in many.
LISTS = st.lists(LINES, max_size=3) | st.lists(LINES, min_size=20, max_size=60)


@settings(max_examples=30)
@given(LISTS)
def test_every_line_of_a_file_is_counted_once(lines: list[list[str]]) -> None:
    judgement = Judgement(workbook(HEADER, lines), COUNTY, DAY, POLICY)
    judgement.limits = replace(judgement.limits, max_rejected_percent=100)
    filled = sum(any(line) for line in lines)
    try:
        report = judgement.judged()
    except Malformed as empty:
        report, filled = Report(), filled if empty.code != "sheet_empty" else 0
    ties(report)
    assert report.below.lines == filled


def judged(*rows: dict[str, Any]) -> Judgement:
    """A file of these rows, not judged yet, half of which may be unusable."""
    judgement = Judgement(sheet(*rows), COUNTY, DAY, POLICY)
    judgement.limits = replace(judgement.limits, max_rejected_percent=50)
    return judgement


def test_what_is_shown_includes_rows_that_cannot_be_used() -> None:
    unusable = person(0, valid_to=""), person(1, citizen_id=""), person(2, citizen_id=1.5e17, number="", name="测·试")
    judgement = judged(*unusable, *(person(n) for n in range(3, 12)))
    assert judgement.judged().rejected == 3
    assert (judgement.shown, judgement.nameless) == ({CITIZENS[0], CITIZENS[1], *CITIZENS[3:12]}, {"测试"})


def test_a_nationality_in_whatever_spelling_is_not_read() -> None:
    data = workbook([*HEADER, "民族"], [[*person(n).values(), wrong] for n, wrong in enumerate(("傈僳族", "栗粟", "傈粟族"))])
    report = Judgement(data, COUNTY, DAY, POLICY).judged()
    assert (report.usable, report.findings) == (3, {"village_unknown": 3})


@pytest.fixture
async def register(place: World) -> Runtime:
    """A register on 2 March 2026."""
    runtime = await place.open(SERVICE)
    place.set_clock(datetime.fromisoformat("2026-03-02T10:00+08:00"))
    return runtime


async def taken(register: Runtime, data: bytes, as_of: date = DAY, keep: bool = True) -> dict[str, int]:
    """What a roster led to: outcomes that are not zero."""
    intake = Intake(register, data, COUNTY, as_of, f"CL:{COUNTY}:clerk")
    report = await intake.take(intake.judge(), keep)
    ties(report)
    assert sum(report.taken.values()) == report.usable
    return {name: n for name, n in sorted(report.outcomes.items()) if n}


async def test_a_roster_makes_cards_once_and_a_newer_one_gives_what_differs(register: Runtime, place: World) -> None:
    first = sheet(*(person(n) for n in range(6)))
    assert await taken(register, first, keep=False) == {"CertificateRecorded": 6, "PersonRegistered": 6}
    assert await place.sql("certificates", "SELECT count(*) AS n FROM events") == [(0,)]
    assert await taken(register, first) == {"CertificateRecorded": 6, "PersonRegistered": 6}
    assert await taken(register, first) == {}
    newer = sheet(
        person(0),
        person(1, valid_from="2026-03-01", valid_to="2036-03-01"),
        person(2, status="冻结"),
        person(3, status="死亡注销"),
        person(4, number=f"{CITIZENS[4]}41", grade="一级"),
        person(5, status="挂失"),
        person(6, status="注销"),
    )
    place.set_clock(datetime.fromisoformat("2026-03-09T10:00+08:00"))
    assert await taken(register, newer, date(2026, 3, 9)) == {
        "CertificateActionProposed": 2,
        "CertificateRecorded": 2,
        "CertificateReportedLost": 1,
        "unchanged": 1,
    }
    due = await place.sql("certificates", "SELECT count(*) AS n FROM views.due WHERE kind = 'EXPIRED'")
    numbers = await place.sql("certificates", "SELECT count(*) AS n FROM certificate_number WHERE until IS NULL")
    assert (due, numbers) == ([(6,)], [(6,)])


async def test_another_phone_is_reported_and_not_exchanged_and_every_row_has_a_fate(register: Runtime, place: World) -> None:
    await taken(register, sheet(person(0, phone="13900000002"), person(1)))
    again = [person(0, phone="139 0000 0002"), person(1, phone="13900000003"), person(2, status="注销"), person(3)]
    place.set_clock(datetime.fromisoformat("2026-03-09T10:00+08:00"))
    intake = Intake(register, sheet(*again), COUNTY, date(2026, 3, 9), f"CL:{COUNTY}:clerk")
    report = await intake.take(intake.judge())
    assert report.findings["phone_differs"] == 1
    assert report.taken == {"unchanged": 2, "ended_before_known": 1, "changed": 1}
    known = await place.sql("certificates", "SELECT phone FROM person ORDER BY phone NULLS LAST")
    assert [row["phone"] for row in known] == ["13900000002", None, None]
    twice = await intake.take(Intake(register, intake.data, COUNTY, date(2026, 3, 9), f"CL:{COUNTY}:clerk").judge())
    assert sum(twice.taken.values()) == twice.usable


async def test_a_roster_goes_on_where_it_stopped(register: Runtime, place: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.certificates.roster_import.validation.BATCH", 2)
    intake = Intake(register, sheet(*(person(n) for n in range(6))), COUNTY, DAY, f"CL:{COUNTY}:clerk")
    ticks = iter((None, KeyboardInterrupt()))

    def die(_: int) -> None:
        if error := next(ticks):
            raise error

    with pytest.raises(KeyboardInterrupt):
        await intake.take(intake.judge(), tick=die)
    assert await place.sql("certificates", "SELECT next_row, finished_at FROM roster_import") == [(5, None)]
    await taken(register, intake.data)
    stored = await place.sql("certificates", "SELECT type, count(*) AS n FROM events GROUP BY type ORDER BY type")
    assert stored == [("CertificateRecorded", 6), ("PersonRegistered", 6)]
    assert (await place.sql("certificates", "SELECT finished_at FROM roster_import"))[0]["finished_at"] is not None


async def test_csv_in_gbk_and_doubles_and_a_bad_file(register: Runtime) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *(person(n).values() for n in range(11)), person(0).values()])
    intake = Intake(register, out.getvalue().encode("gb18030"), COUNTY, DAY, f"CL:{COUNTY}:clerk")
    report = intake.judge()
    assert (report.usable, report.rejected, report.findings["duplicate_row"]) == (11, 1, 1)
    bad = sheet(*(person(n, valid_to="") for n in range(3)))
    with pytest.raises(Malformed, match="too_many_bad_rows"):
        Intake(register, bad, COUNTY, DAY, f"CL:{COUNTY}:clerk").judge()
    for data, code in ((b"rubbish", "sheet_unreadable"), (b"a,b\n1,2", "header_not_found"), (sheet(), "sheet_empty")):
        with pytest.raises(Malformed, match=code):
            Intake(register, data, COUNTY, DAY, f"CL:{COUNTY}:clerk").judge()


async def test_a_county_that_keeps_the_register_takes_no_roster(register: Runtime) -> None:
    with pytest.raises(Malformed, match="county_keeps_register"):
        Intake(register, sheet(person(0)), "533401", DAY, "CL:533401:clerk")
    with pytest.raises(Malformed, match="county_unknown"):
        Intake(register, sheet(person(0)), "533499", DAY, "CL:533499:clerk")
    with pytest.raises(Malformed, match="as_of_in_future"):
        Intake(register, sheet(person(0)), COUNTY, date(2026, 3, 3), f"CL:{COUNTY}:clerk")
    with pytest.raises(Malformed, match="as_of_too_early"):
        Intake(register, sheet(person(0)), COUNTY, date(1, 1, 1), f"CL:{COUNTY}:clerk")


def test_a_finding_is_a_row_and_a_code() -> None:
    assert Finding(3, "id_checksum", True) == Finding(row=3, code="id_checksum", rejected=True)
