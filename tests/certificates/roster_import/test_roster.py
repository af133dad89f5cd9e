"""The national register's roster: each fault of a row by name (domain reference, 8.1 and 8.4), and what taking a roster in leads to."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from deploy.sandbox.sheets import workbook
from services.certificates import vocabulary
from services.certificates.roster_import.importer import Intake
from services.certificates.roster_import.row import Entry, Finding, Places, read
from services.certificates.roster_import.validation import Judgement
from services.certificates.service import SERVICE
from services.engine.runtime import Runtime
from services.kernel.errors import Malformed
from tests.certificates.certificate.story import POLICY
from tests.certificates.office import CITIZENS
from tests.certificates.roster_import.samples import COUNTY, DAY, GOOD, HEADER, ONE, person, sheet
from tests.world import World

FIELDS = ["name", "sex", "citizen_id", "number", "category", "grade", "valid_from", "valid_to", "address", "phone", "status"]


FIRST = "533499800101001"


PLACES = {name: place for place, name in enumerate(FIELDS)}
DIVISIONS = Places(POLICY, COUNTY, DAY)


def entry(**changes: Any) -> tuple[Entry | None, list[tuple[str, bool]]]:
    """A row with these changes, read."""
    found, notes = read(5, list((GOOD | changes).values()), PLACES, DIVISIONS, DAY)
    return found, [(note.code, note.rejected) for note in notes]


def test_a_good_row_is_a_card() -> None:
    found, notes = entry()
    assert found == Entry(
        5,
        "测试甲",
        ONE,
        f"{ONE}42",
        0,
        "533423102000",
        vocabulary.Category.PHYSICAL,
        2,
        date(2020, 5, 6),
        date(2030, 5, 6),
        "13900000000",
        False,
        None,
        False,
    )
    assert notes == [("village_unknown", False)]
    assert ONE not in repr(found)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"citizen_id": 5.33499198001010e17}, "id_not_text"),
        ({"citizen_id": ""}, "id_missing"),
        ({"citizen_id": "5.33499E+17"}, "id_not_text"),
        ({"citizen_id": ONE[:15] + "000"}, "id_checksum"),
        ({"citizen_id": ONE[:17]}, "id_length"),
        ({"citizen_id": FIRST, "number": f"{CITIZENS[1]}42"}, "id_length"),
        ({"citizen_id": FIRST, "number": ""}, "id_length"),
        ({"citizen_id": ONE[:17] + "4"}, "id_checksum"),
        ({"citizen_id": "533499198002300012"}, "id_birthdate"),
        ({"name": " "}, "name_missing"),
        ({"number": ONE}, "cert_format"),
        ({"number": f"{ONE}4"}, "cert_format"),
        ({"number": f"{ONE}421"}, "cert_format"),
        ({"number": f"{CITIZENS[1]}42"}, "cert_id_mismatch"),
        ({"category": "视力残疾"}, "cert_conclusion_mismatch"),
        ({"grade": "三级"}, "cert_conclusion_mismatch"),
        ({"category": "其他"}, "category_unknown"),
        ({"grade": "重度"}, "grade_unknown"),
        ({"valid_to": ""}, "valid_to_missing"),
        ({"valid_to": "长期"}, "valid_to_open"),
        ({"valid_to": "2030年5月"}, "valid_to_imprecise"),
        ({"valid_to": "2030-02-30"}, "valid_to_invalid"),
        ({"valid_to": "soon"}, "valid_to_invalid"),
        ({"valid_to": "2020-05-06"}, "valid_to_before_issue"),
        ({"valid_from": "2026-03-03"}, "issue_in_future"),
        ({"address": "四川省某县"}, "division_unknown"),
    ],
)
def test_a_fault_of_a_row_has_a_name_and_the_row_is_not_used(changes: dict[str, Any], code: str) -> None:
    found, notes = entry(**changes)
    assert found is None
    assert notes[-1] == (code, True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sex": "女"}, "id_sex_mismatch"),
        ({"valid_from": ""}, "issue_date_missing"),
        ({"name": "测试?"}, "name_charset"),
        ({"name": "CHE试"}, "name_charset"),
        ({"status": "未知"}, "status_unknown"),
        ({"citizen_id": FIRST}, "id_first_generation"),
    ],
)
def test_a_remark_is_reported_and_the_row_is_used(changes: dict[str, Any], code: str) -> None:
    found, notes = entry(**changes)
    assert found is not None
    assert (code, False) in notes


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"citizen_id": f"'５３３４９９{ONE[6:]} "}, "citizen_id", ONE),
        ({"citizen_id": f"\xa0{ONE}\r\n"}, "citizen_id", ONE),
        ({"citizen_id": FIRST}, "citizen_id", ONE),
        ({"number": f"{ONE}72", "category": "多重(肢体、智力)"}, "category", vocabulary.Category.MULTIPLE),
        ({"number": f" {ONE} 42 b1"}, "number", f"{ONE}42B1"),
        ({"number": f"{ONE}42B1"}, "suffix", 1),
        ({"valid_to": "20300506"}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": "2030.5.6"}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": "2030年5月6日"}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": 47609.0}, "valid_to", date(2030, 5, 6)),
        ({"valid_to": datetime(2030, 5, 6, 1, tzinfo=UTC)}, "valid_to", date(2030, 5, 6)),
        ({"valid_from": ""}, "valid_from", date(2020, 5, 6)),
        ({"category": "肢体二级", "grade": ""}, "grade", 2),
        ({"category": "4", "grade": "Ⅱ"}, "grade", 2),
        ({"grade": "贰级"}, "grade", 2),
        ({"address": "维登乡富川村"}, "division", "533423207206"),
        ({"address": "维西县塔城镇其宗村三组"}, "division", "533423103207"),
        ({"address": "维登乡其宗村"}, "division", "533423207000"),
        ({"address": "保和镇永宁社区"}, "division", "533423101004"),
        ({"status": "冻结"}, "frozen", True),
        ({"status": "挂失"}, "lost", True),
        ({"status": "死亡注销"}, "cancelled", vocabulary.CancellationReason.DEATH),
        ({"status": "注销"}, "cancelled", vocabulary.CancellationReason.NOT_ON_ROSTER),
    ],
)
def test_usual_spellings_are_understood(changes: dict[str, Any], field: str, value: Any) -> None:
    found, _ = entry(**changes)
    assert getattr(found, field) == value


@pytest.mark.parametrize("dot", "·•．.・-")
def test_a_name_is_kept_with_the_official_separator(dot: str) -> None:
    found, _ = entry(name=f"扎西{dot}卓玛")
    assert found is not None
    assert found.name == "扎西·卓玛"


def test_totals_and_signatures_are_no_rows() -> None:
    total = dict.fromkeys(FIELDS, "") | {"name": "合计", "phone": "12"}
    assert read(9, list(total.values()), PLACES, DIVISIONS, DAY) == (None, [])
    assert read(9, [""] * 11, PLACES, DIVISIONS, DAY) == (None, [])
    signature = dict.fromkeys(FIELDS, "") | {"name": "制表人：测试甲"}
    assert read(9, list(signature.values()), PLACES, DIVISIONS, DAY) == (None, [])


TWIN = "53349919800101003X"  # born on the same day as the first citizen
FILES: dict[str, tuple[list[dict[str, Any]], int, dict[str, int]]] = {
    "duplicate_row": ([person(0), person(0)], 1, {"duplicate_row": 1}),
    "two_cards": ([person(0), person(0, number=f"{ONE}43", grade="三级")], 1, {"two_cards": 1}),
    "id_shared": ([person(0), person(0, name="别人")], 1, {"id_shared": 1}),
    "id_split": ([person(0), person(0, citizen_id=TWIN, number=f"{TWIN}42")], 2, {"id_split": 1}),
    "phone_shared": ([person(n, phone="13900000001") for n in range(5)], 5, {}),
}


@pytest.mark.parametrize(("rows", "usable", "found"), FILES.values(), ids=FILES)
def test_what_only_the_whole_file_shows_has_a_name(rows: list[dict[str, Any]], usable: int, found: dict[str, int]) -> None:
    judgement = judged(*rows, *(person(n) for n in range(6, 12)))
    report = judgement.judged()
    assert (report.usable, report.rejected) == (usable + 6, len(rows) - usable)
    assert report.findings == {"village_unknown": usable + 6 + len(rows) - usable} | found
    assert judgement.shared == ({"13900000001"} if not found else set())


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
    with pytest.raises(Malformed, match="as_of_in_future"):
        Intake(register, sheet(person(0)), COUNTY, date(2026, 3, 3), f"CL:{COUNTY}:clerk")


def test_a_finding_is_a_row_and_a_code() -> None:
    assert Finding(3, "id_checksum", True) == Finding(row=3, code="id_checksum", rejected=True)
