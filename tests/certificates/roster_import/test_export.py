"""A county's certificates out as a roster, and in again: nothing changes, everybody on it is recorded as read, nobody else is."""

import stat
from datetime import date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.certificates import vocabulary
from services.certificates.certificate import commands
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.roster_import.export import HEADER, exported, kept
from services.certificates.roster_import.importer import Intake
from services.certificates.service import SERVICE
from services.documents.formats.file import worksheets
from services.engine.runtime import Runtime
from services.kernel.errors import Malformed
from services.kernel.events import Context
from services.shell.http.access import Principal
from tests.certificates.office import CITIZENS
from tests.certificates.roster_import.samples import COUNTY, DAY, person, sheet
from tests.world import World

READER = Principal("clerk-1", "CL", COUNTY, frozenset())
READ = "SELECT actor, agency, purpose, reference, division, granted, count(*) AS n FROM person_read GROUP BY 1, 2, 3, 4, 5, 6"


@pytest.fixture
async def register(place: World) -> Runtime:
    """A register with eleven cards of one village and one of the next county; one frozen, one lost, one reissued, one expired."""
    runtime = await place.open(SERVICE)
    place.set_clock(datetime.fromisoformat("2026-03-02T10:00+08:00"))
    rows = [person(n, address="维登乡富川村", phone=f"1390000000{n}") for n in range(10)]
    rows += [person(10, number=f"{CITIZENS[10]}42B1", valid_to="2026-03-01"), person(11)]
    rows[1]["status"], rows[3]["category"], rows[3]["number"] = "挂失", "多重残疾", f"{CITIZENS[3]}72"
    intake = Intake(runtime, sheet(*rows), COUNTY, DAY, f"CL:{COUNTY}:clerk-1")
    await intake.take(intake.judge())
    await frozen(
        runtime, (await place.sql("certificates", "SELECT certificate_id FROM certificate_number WHERE number LIKE '%B1'"))[0][0]
    )
    moved = """UPDATE views.certificate_view v SET division = '533422101001' FROM person p
        WHERE p.person_id = v.person_id AND p.citizen_id = $1"""
    await place.sql("certificates", moved, CITIZENS[9])
    await place.sql("certificates", "UPDATE person SET name = '=1+1' WHERE citizen_id = $1", CITIZENS[11])
    return runtime


async def frozen(register: Runtime, card: UUID) -> None:
    """Freeze a card, its holder told."""
    told = commands.TellHolder(vocabulary.ProposedAction.FREEZE, vocabulary.TellingWay.PHONE)
    async with register.pool.acquire() as conn, conn.transaction():
        for command in (told, commands.Freeze(vocabulary.FreezeReason.EXPIRED, "letter")):
            by = Context(READER.actor, register.clock(), uuid4(), card, None, COUNTY)
            await register.executor.execute(conn, CERTIFICATE, card, command, by)


async def test_what_was_exported_and_taken_in_again_changes_nothing(register: Runtime, place: World) -> None:
    ticks: list[int] = []
    data = await exported(register, READER, "ANNUAL_CHECK", ticks.append)
    assert ticks == [11]
    before = await place.sql("certificates", "SELECT event_id FROM events ORDER BY position")
    numbers = await place.sql("certificates", "SELECT * FROM certificate_number ORDER BY 1, 2")
    intake = Intake(register, data, COUNTY, DAY, f"CL:{COUNTY}:clerk-1")
    report = await intake.take(intake.judge())
    assert (report.usable, report.rejected, report.outcomes) == (11, 0, {"unchanged": 11})
    assert report.findings == {"village_unknown": 2, "name_with_text": 1}
    assert await place.sql("certificates", "SELECT event_id FROM events ORDER BY position") == before
    assert await place.sql("certificates", "SELECT * FROM certificate_number ORDER BY 1, 2") == numbers


async def test_the_sheet_has_its_header_its_mark_and_texts_only(register: Runtime) -> None:
    (sheet,) = worksheets(await exported(register, READER, "ANNUAL_CHECK"))
    lines = [line for _, line in sheet.lines()]
    assert lines[0][0] == "维西傈僳族自治县残联残疾人证名册"
    assert (
        lines[1][0]
        == "维西傈僳族自治县残联 经办人clerk-1 2026年03月02日导出，事由ANNUAL_CHECK。含个人信息，仅供公务使用，不得转发。"
    )
    assert lines[2] == list(HEADER)
    found = {line[3]: line[4:] for line in lines[3:]}
    assert set(found) == {*CITIZENS} - {CITIZENS[9]}
    common = [date(2020, 5, 6), date(2030, 5, 6), "533423207206", "维西傈僳族自治县维登乡富川村民委员会", "", ""]
    assert found[CITIZENS[1]] == [f"{CITIZENS[1]}42", "肢体残疾", "二级", *common, "13900000001", "挂失"]
    assert found[CITIZENS[3]][:3] == [f"{CITIZENS[3]}72", "多重残疾", "二级"]
    assert [found[CITIZENS[10]][0], found[CITIZENS[10]][-1]] == [f"{CITIZENS[10]}42B1", "冻结"]
    assert {line[1] for line in lines[3:]} >= {"=1+1"}


async def test_everybody_on_the_roster_is_recorded_as_read(register: Runtime, place: World) -> None:
    await exported(register, READER, "ANNUAL_CHECK")
    found = sorted(tuple(row.values()) for row in await place.sql("certificates", READ))
    about = (READER.actor, "CL", "ROSTER_EXPORT", "ANNUAL_CHECK")
    assert found == [(*about, "533423102000", True, 2), (*about, "533423207206", True, 9)]


async def test_a_roster_that_is_refused_reads_nobody(register: Runtime, place: World) -> None:
    with pytest.raises(Malformed, match="reason_not_a_code"):
        await exported(register, READER, "because 张三 asked")
    for county in ("533499", "5334", "533423101"):
        with pytest.raises(Malformed, match="county_unknown"):
            await exported(register, Principal("clerk-1", "CL", county, frozenset()), "ANNUAL_CHECK")
    assert await place.sql("certificates", READ) == []


def test_a_file_is_whole_private_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    kept(path, b"one")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"one", 0o600)
    with pytest.raises(FileExistsError):
        kept(path, b"two")
    assert (path.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (b"one", ["roster.xlsx"])
