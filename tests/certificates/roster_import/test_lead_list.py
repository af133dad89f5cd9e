"""A list of persons said to be disabled without certificate: each fault of a row by name, and what taking it in leads to."""

import asyncio
import csv
import io
import json
import os
import sys
from asyncio.subprocess import PIPE
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.sandbox.sheets import workbook
from services.certificates.outreach.events import LeadSource
from services.certificates.roster_import.lead_list import LeadList, Named, read
from services.certificates.roster_import.row import Finding, RowRules
from services.certificates.service import SERVICE
from services.engine.runtime import Runtime
from services.kernel.errors import Malformed
from tests.certificates.certificate.story import POLICY
from tests.certificates.office import CITIZENS
from tests.world import SITE_KEY, Client, World

DAY, COUNTY, VILLAGE = date(2026, 3, 2), "533423", "533423102001"
HEADER = ["姓名", "身份证号", "家庭住址", "行政区划代码", "联系电话", "是否残疾", "性别"]
FIELDS = ["name", "citizen_id", "address", "division", "phone", "marked", "sex"]
PLACES = {name: place for place, name in enumerate(FIELDS)}
RULES = RowRules.of(POLICY, COUNTY, DAY)
CLERK = f"CL:{COUNTY}:clerk"


def pupil(n: int = 0, **changes: Any) -> dict[str, Any]:
    """A good row of the n-th citizen."""
    good = {
        "name": f"测试{n}",
        "citizen_id": CITIZENS[n],
        "address": "叶枝镇",
        "division": VILLAGE,
        "phone": "",
        "marked": "是",
        "sex": "",
    }
    return good | changes


def told(**changes: Any) -> tuple[Named | None, list[tuple[str, bool]]]:
    """A row with these changes, read."""
    found, notes = read(5, list(pupil(0, **changes).values()), PLACES, RULES)
    return found, [(note.code, note.rejected) for note in notes]


def sheet(*rows: dict[str, Any]) -> bytes:
    """The rows as an xlsx file with a title."""
    return workbook(HEADER, [list(row.values()) for row in rows])


def test_a_good_row_names_a_person_and_shows_nothing_of_him() -> None:
    found, notes = told()
    assert (found, notes) == (Named(5, "测试0", CITIZENS[0], VILLAGE, None), [])
    assert repr(found) == "Named(row 5)"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"citizen_id": 5.33499198001010e17}, "id_not_text"),
        ({"citizen_id": ""}, "id_missing"),
        ({"citizen_id": CITIZENS[0][:17]}, "id_length"),
        ({"citizen_id": CITIZENS[0][:17] + "4"}, "id_checksum"),
        ({"citizen_id": "533499198002300012"}, "id_birthdate"),
        ({"name": " "}, "name_missing"),
        ({"division": "", "address": "四川省某县"}, "division_unknown"),
    ],
)
def test_a_fault_of_a_row_has_the_name_it_has_in_a_roster(changes: dict[str, Any], code: str) -> None:
    found, notes = told(**changes)
    assert (found, notes) == (None, [(code, True)])


def test_whoever_is_not_marked_is_passed_over_and_remarks_are_only_told() -> None:
    assert told(marked="否") == told(marked="") == (None, [("not_marked", False)])
    found, notes = told(division="", name="测试?", sex="女")
    assert found == Named(5, "测试?", CITIZENS[0], "533423102000", None)
    assert notes == [("id_sex_mismatch", False), ("name_charset", False), ("village_unknown", False)]
    assert told(marked="疑似") == (None, [("marked_unknown", True)])


@pytest.fixture
async def register(place: World) -> Runtime:
    """A register on 2 March 2026."""
    runtime = await place.open(SERVICE)
    place.set_clock(datetime.fromisoformat("2026-03-02T10:00+08:00"))
    return runtime


def lead_list(register: Runtime, data: bytes, as_of: date = DAY, source: LeadSource = LeadSource.JT_SCHOOL_ROLL) -> LeadList:
    """A list of the county's schools."""
    return LeadList(register, data, COUNTY, source, as_of, CLERK)


async def taken(register: Runtime, data: bytes, keep: bool = True, **about: Any) -> tuple[dict[str, int], list[Finding]]:
    """What a list led to: outcomes that are not zero, and findings."""
    some = lead_list(register, data, **about)
    report = some.judge()
    findings = await some.take(report, keep)
    assert report.below.lines == report.usable + report.rejected + sum(report.below.left_out.values())
    assert sum(report.taken.values()) == report.usable
    return {name: n for name, n in sorted(report.outcomes.items()) if n}, findings


async def clerk(place: World, register: Runtime) -> Client:
    """The county federation's clerk."""
    return await place.client(await place.serve(register), "CL", COUNTY, "clerk")


async def test_a_list_registers_who_is_unknown_and_gives_each_a_lead_once(register: Runtime, place: World) -> None:
    data = sheet(*(pupil(n) for n in range(4)), pupil(4, marked="否"))
    assert (await taken(register, data, keep=False))[0] == {"OutreachLeadNoted": 4, "PersonRegistered": 4}
    assert await place.sql("certificates", "SELECT count(*) AS n FROM events") == [(0,)]
    outcomes, findings = await taken(register, data)
    assert outcomes == {"OutreachLeadNoted": 4, "PersonRegistered": 4}
    assert findings == [Finding(7, "not_marked", False)]
    assert (await taken(register, data))[0] == {"unchanged": 4}
    index = await place.sql("certificates", "SELECT count(*) AS n FROM outbox WHERE topic LIKE '%person_index%'")
    assert index == [(4,)]
    listed = (await (await clerk(place, register)).get("/outreach"))["items"]
    assert [(c["state"], c["division"], c["sources"]) for c in listed] == [("NOT_CONTACTED", VILLAGE, ["JT_SCHOOL_ROLL"])] * 4


async def test_another_list_adds_its_source_and_what_a_person_decided_outranks_the_same_list(
    register: Runtime, place: World
) -> None:
    data = sheet(pupil())
    await taken(register, data)
    assert (await taken(register, data, source=LeadSource.XCZX_MONITORING))[0] == {"OutreachLeadNoted": 1}
    office = await clerk(place, register)
    [listed] = (await office.get("/outreach"))["items"]
    assert listed["sources"] == ["JT_SCHOOL_ROLL", "XCZX_MONITORING"]
    await office.post(f"/outreach/{listed['person_id']}/close", {"reason": "NOT_DISABLED"}, 200)
    place.set_clock(datetime.fromisoformat("2028-03-02T10:00+08:00"))
    assert (await taken(register, data))[0] == {"unchanged": 1}
    assert (await taken(register, data, as_of=date(2028, 3, 1)))[0] == {"OutreachLeadNoted": 1}


async def test_holders_applicants_and_the_dead_get_no_lead_and_are_counted(register: Runtime, place: World) -> None:
    office = await clerk(place, register)
    persons = []
    for n in range(3):
        body = {"citizen_id": CITIZENS[n], "name": f"测试{n}", "division": VILLAGE}
        persons.append((await office.post("/persons", body, 201))["id"])
    await office.post("/applications", {"person_id": persons[0], "channel": "WINDOW"}, 201)
    await office.post(f"/persons/{persons[1]}/death", {"died_on": "2026-03-01", "evidence": "certificate"}, 200)
    outcomes, findings = await taken(register, sheet(*(pupil(n) for n in range(3)), pupil(3, name="某人")))
    assert outcomes == {"OutreachLeadNoted": 2, "PersonRegistered": 1, "application_open": 1, "person_dead": 1}
    assert findings == []
    _, findings = await taken(register, sheet(pupil(2, name="别名")))
    assert findings == [Finding(3, "info_mismatch", False)]


async def test_a_person_of_another_county_is_left_alone(register: Runtime, place: World) -> None:
    elsewhere = await place.client(await place.serve(register), "CL", "533422", "clerk")
    await elsewhere.post("/persons", {"citizen_id": CITIZENS[0], "name": "测试0", "division": "533422101001"}, 201)
    outcomes, findings = await taken(register, sheet(pupil()))
    assert (outcomes, findings) == ({}, [Finding(3, "person_elsewhere", True)])
    assert (await elsewhere.get("/outreach"))["items"][0]["sources"] == []


async def test_a_list_that_cannot_be_trusted_is_not_taken(register: Runtime) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *(pupil(n).values() for n in range(11)), pupil(0).values()])
    report = lead_list(register, out.getvalue().encode("gb18030")).judge()
    assert (report.usable, report.rejected, report.findings["duplicate_row"]) == (11, 1, 1)
    for data, code in (
        (sheet(pupil(), pupil(1, citizen_id="1")), "too_many_bad_rows"),
        (b"rubbish", "sheet_unreadable"),
        (workbook(["姓名"], [["测试"]]), "header_not_found"),
        (sheet(), "sheet_empty"),
    ):
        with pytest.raises(Malformed, match=code):
            lead_list(register, data).judge()
    for about, code in (
        ({"as_of": date(2026, 3, 3)}, "as_of_in_future"),
        ({"source": LeadSource.VISIT}, "source_not_a_list"),
    ):
        with pytest.raises(Malformed, match=code):
            lead_list(register, sheet(pupil()), **about)  # type: ignore[arg-type]
    with pytest.raises(Malformed, match="county_unknown"):
        LeadList(register, sheet(pupil()), "533499", LeadSource.JT_SCHOOL_ROLL, DAY, CLERK)


async def test_the_command_says_rows_and_codes_and_no_data(place: World, register: Runtime, tmp_path: Path) -> None:
    sent = tmp_path / "学籍.xlsx"
    sent.write_bytes(sheet(*(pupil(n) for n in range(10)), pupil(10, citizen_id="533499")))
    mine = {"DATABASE_URL": place.database["certificates"]["app"], "SITE_KEY": SITE_KEY, "KAFKA": place.urls.kafka}
    mine |= {"REGISTRY": place.urls.registry, "PROFILE": "development", "CLOCK_FILE": str(place.clock_file)}
    env = {**os.environ, "SHOUWANG_TOPIC_PREFIX": place.prefix, **{f"SHOUWANG_{name}": value for name, value in mine.items()}}

    async def told(file: Path, *more: str) -> tuple[int | None, str, str]:
        about = ("--county", COUNTY, "--source", "JT_SCHOOL_ROLL", "--as-of", "2026-03-01", "--clerk", "clerk")
        command = (sys.executable, "-m", "services.certificates.roster_import.lead_list_cli", str(file), *about, *more)
        asked = await asyncio.create_subprocess_exec(*command, env=env, stdout=PIPE, stderr=PIPE)
        out, err = await asked.communicate()
        return asked.returncode, out.decode(), err.decode()

    for more, events in (("--dry-run", 0), ("", 20)):
        code, out, err = await told(sent, *filter(None, [more]))
        assert code == 0, err
        said = json.loads(out[out.index("{") :])
        assert said["outcomes"] == {"OutreachLeadNoted": 10, "PersonRegistered": 10, "unchanged": 0}
        assert said["rows"] == [{"row": 13, "code": "id_length", "used": False}]
        assert not any(word in out + err for word in ("测试", *CITIZENS))
        assert await place.sql("certificates", "SELECT count(*) AS n FROM events") == [(events,)]
    assert (await told(tmp_path / "none.xlsx"))[0] == 2
    sent.write_bytes(b"rubbish")
    assert (await told(sent))[0] == 1
