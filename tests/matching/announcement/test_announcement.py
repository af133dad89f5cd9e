"""Announcements: what is said once and what again, which row a county goes by, and which rows are refused when they are loaded."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copy
from uuid import UUID

import pytest

from services.kernel.policy import PolicyError, Row, Rules
from services.matching.announcement import decider
from services.matching.announcement.events import PolicyAnnounced, PolicyNotAnnounced, PolicyPassedOn
from services.matching.comparison import selections
from services.matching.policy.load import Selection, load_policy
from services.matching.vocabulary import RosterKind, Through
from tests.spec import Spec, spec

POLICY = load_policy()
COUNTY, VILLAGE, DAY = "533401", "533401102001", date(2026, 1, 1)
LIVING, CARE, RATE, CARE_RATE = POLICY.announcements.rows
PERSONS = (UUID(int=1), UUID(int=2))
FRESH = selections.Sheets(UUID(int=3), date(2025, 12, 20), "2025-12", date(2025, 12, 15))
ID = decider.announcement_id("LIVING-MAY-QUALIFY", DAY, COUNTY)
TOLD = PolicyAnnounced(
    row_id="LIVING-MAY-QUALIFY",
    row_from=DAY,
    title="困难残疾人生活补贴",
    plain=LIVING.value.plain,
    owner="MZ",
    division=COUNTY,
    selection="LIVING_MAY_QUALIFY",
    as_of=date(2025, 12, 15),
    tell_by=date(2026, 1, 31),
    villages=1,
)
PASSED_ON = PolicyPassedOn(
    announcement_id=ID,
    row_id="LIVING-MAY-QUALIFY",
    row_from=DAY,
    title="困难残疾人生活补贴",
    plain=LIVING.value.plain,
    owner="MZ",
    division=VILLAGE,
    persons=PERSONS,
    through=Through.VILLAGE,
    as_of=date(2025, 12, 15),
    tell_by=date(2026, 1, 31),
)
MISSING = PolicyNotAnnounced(
    row_id="LIVING-MAY-QUALIFY",
    row_from=DAY,
    title="困难残疾人生活补贴",
    owner="MZ",
    division=COUNTY,
    lacking=(RosterKind.SUBSISTENCE_ALLOWANCE,),
    sheets="低保名单",
)
UNPAID = replace(MISSING, lacking=(RosterKind.SUBSIDY_PAYMENT,), sheets="两项补贴发放花名册")
BOTH = replace(MISSING, lacking=(*MISSING.lacking, *UNPAID.lacking), sheets="低保名单、两项补贴发放花名册")


def announced(*past: object) -> Spec:
    """An announcement with this past."""
    return spec(decider.ANNOUNCEMENT, POLICY).given(*past)


def test_a_county_and_a_village_are_told_once() -> None:
    announced().when(decider.Announce(TOLD)).then(TOLD)
    announced(TOLD).when(decider.Announce(replace(TOLD, villages=2))).then_nothing()
    announced(TOLD).when(decider.Withhold(MISSING)).then_nothing()
    announced().when(decider.PassOn(PASSED_ON)).then(PASSED_ON)
    announced(PASSED_ON).when(decider.PassOn(replace(PASSED_ON, persons=()))).then_nothing()


def test_why_nobody_was_told_is_said_again_only_when_another_sheet_is_lacking() -> None:
    announced().when(decider.Withhold(MISSING)).then(MISSING)
    announced(MISSING).when(decider.Withhold(MISSING)).then_nothing()
    announced(MISSING).when(decider.Withhold(UNPAID)).then(UNPAID)
    announced(MISSING).when(decider.Withhold(BOTH)).then(BOTH)
    announced(BOTH).when(decider.Withhold(UNPAID)).then_nothing()
    announced(MISSING).when(decider.Announce(TOLD)).then(TOLD)


def test_what_is_told_follows_from_the_row_and_the_sheets() -> None:
    assert decider.told(LIVING, COUNTY, FRESH, [selections.Chosen(VILLAGE, PERSONS)], DAY) == (TOLD, [PASSED_ON])
    assert decider.told(CARE, COUNTY, FRESH, [], DAY)[0].villages == 0
    assert decider.told(CARE, COUNTY, replace(FRESH, poor_as_of=date(2025, 1, 1)), [], DAY)[0].as_of == date(2025, 12, 15)


def test_without_a_sheet_or_with_an_old_one_nobody_is_told() -> None:
    assert decider.lacking(LIVING, COUNTY, FRESH, DAY) is None
    assert decider.lacking(LIVING, COUNTY, replace(FRESH, poor=None, poor_as_of=None), DAY) == MISSING
    assert decider.lacking(LIVING, COUNTY, replace(FRESH, poor_as_of=date(2025, 10, 30)), DAY) == MISSING
    assert decider.lacking(LIVING, COUNTY, replace(FRESH, poor_as_of=date(2025, 10, 31)), DAY) is None
    assert decider.lacking(LIVING, COUNTY, replace(FRESH, month=None, paid_as_of=None), DAY) == UNPAID
    assert decider.lacking(LIVING, COUNTY, selections.Sheets(None, None, None, None), DAY) == BOTH
    assert decider.lacking(CARE, COUNTY, replace(FRESH, poor=None, poor_as_of=None), DAY) is None
    assert {s: s.of_the_poor for s in Selection} == dict.fromkeys(Selection, False) | {Selection.LIVING_MAY_QUALIFY: True}


def test_a_row_holds_on_its_days_and_the_most_local_one_of_an_id_speaks() -> None:
    ids = [
        [row.id for row in decider.in_force(POLICY, day, COUNTY)]
        for day in (date(2025, 12, 31), DAY, date(2026, 7, 1), date(2027, 1, 1))
    ]
    first = ["LIVING-MAY-QUALIFY", "CARE-MAY-QUALIFY"]
    assert ids == [[], first, [*first, "LIVING-RATE", "CARE-RATE"], []]
    mine = Row(LIVING.id, LIVING.since, None, COUNTY, "a test", replace(LIVING.value, title="本县补贴"))
    local = replace(POLICY, announcements=Rules((mine, *POLICY.announcements.rows)))
    assert [r.value.title for r in decider.in_force(local, DAY, COUNTY)] == ["本县补贴", "重度残疾人护理补贴"]
    assert [r.value.title for r in decider.in_force(local, DAY, "533422")] == ["困难残疾人生活补贴", "重度残疾人护理补贴"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'about = ["CARE_1", "CARE_2"]\ntitle = "重度残疾人护理补贴调整"',
            'about = ["CARE_1"]\ntitle = "重度残疾人护理补贴调整"',
            r"\[\[rate\]\] CARE_2 from 2026-01-01: no \[\[announcement\]\] tells those who are paid",
        ),
        (
            'about = ["CARE_1", "CARE_2"]\ntitle = "重度残疾人护理补贴"',
            'about = ["CARE_2"]\ntitle = "重度残疾人护理补贴"',
            r"\[\[rate\]\] CARE_1 from 2026-01-01: no \[\[announcement\]\] tells those who may qualify",
        ),
        (
            '[[unannounced]]\nid = "LIVING"\nfrom = 2023-01-01',
            '[[unannounced]]\nid = "LIVING"\nfrom = 2023-01-02',
            r"\[\[unannounced\]\] LIVING: there is no such \[\[rate\]\] from 2023-01-02",
        ),
        (
            '[[rate]]\nid = "LIVING"\nfrom = 2026-01-01\ndivision = "5334"',
            '[[rate]]\nid = "LIVING"\nfrom = 2027-01-01\nsource = "a test"\nyuan = "120"\n\n'
            '[[rate]]\nid = "LIVING"\nfrom = 2026-01-01\nuntil = 2027-01-01\ndivision = "5334"',
            r"\[\[rate\]\] LIVING from 2027-01-01: no \[\[announcement\]\] tells those who",
        ),
    ],
)
def test_a_rate_that_nobody_is_told_of_stops_the_start_by_name(tmp_path: Path, old: str, new: str, told: str) -> None:
    source = Path("services/matching/policy")
    copy(source / "layouts.toml", tmp_path)
    text = (source / "policy.toml").read_text(encoding="utf-8")
    assert text.count(old) == 1 or old.endswith('补贴"')
    (tmp_path / "policy.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"^policy.toml {told}"):
        load_policy(tmp_path)


def test_every_rate_is_told_to_those_who_may_qualify_and_a_changed_one_to_those_who_are_paid() -> None:
    told = {
        (rate.id, rate.since): [row.id for row in POLICY.announcements.rows if rate.id in row.value.about and rate.until is None]
        for rate in POLICY.rates.rows
    }
    care = ["CARE-MAY-QUALIFY", "CARE-RATE"]
    new, old = date(2026, 1, 1), date(2023, 1, 1)
    assert told == {
        ("LIVING", old): [],
        ("LIVING", new): ["LIVING-MAY-QUALIFY", "LIVING-RATE"],
        ("CARE_1", old): [],
        ("CARE_1", new): care,
        ("CARE_2", old): [],
        ("CARE_2", new): care,
    }
    assert {(row.id, row.since) for row in POLICY.unannounced.rows} == {(id, old) for id in ("LIVING", "CARE_1", "CARE_2")}
    assert (CARE_RATE.value.selection, CARE_RATE.value.through) == (Selection.CARE_PAID, Through.PERSON)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('selection = "LIVING_MAY_QUALIFY"', 'selection = "EVERYBODY"', "LIVING-MAY-QUALIFY: 'EVERYBODY' is not a valid Selection"),
        ("的人可以申请这项补贴", "的人每月可得100元", "LIVING-MAY-QUALIFY: it may not say 元"),
        ("的重度残疾人可以申请", "的一级残疾人可以申请", "CARE-MAY-QUALIFY: it may not say 一级"),
        ("请告知本人或监护人；对", "请点击链接；对", "LIVING-RATE: it may not say 点击"),
        (
            'about = ["CARE_1", "CARE_2"]',
            'about = ["CARE_3"]',
            r"CARE-MAY-QUALIFY: no \[\[rate\]\] CARE_3 is in force on 2026-01-01",
        ),
        ('about = ["CARE_1", "CARE_2"]', "about = []", "CARE-MAY-QUALIFY: it is about a rate"),
        ("tell_days = 30", "tell_days = 0", "LIVING-MAY-QUALIFY: it is about a rate, and days are at least one"),
        ('through = "PERSON"', 'through = "UNKNOWN"', "LIVING-RATE: through is VILLAGE or PERSON"),
        ('title = "困难残疾人生活补贴调整"', 'title = ""', "LIVING-RATE: a title has at most 30 characters"),
        (
            'plain = "省里',
            'plain = "' + "好" * 160 + "省里",
            "LIVING-RATE: a title has at most 30 characters, plain words at most 160",
        ),
        ('from = 2026-07-01\nuntil = 2027-01-01\ndivision = "5334"', "from = 2026-07-01", "LIVING-RATE: it is told by county"),
        ('owner = "MZ"\nselection', "selection", r"LIVING-MAY-QUALIFY: missing key \['owner'\]"),
    ],
)
def test_a_row_that_cannot_be_told_stops_the_start_by_name(tmp_path: Path, old: str, new: str, told: str) -> None:
    source = Path("services/matching/policy")
    copy(source / "layouts.toml", tmp_path)
    text = (source / "policy.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "policy.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"policy.toml \[\[announcement\]\] {told}"):
        load_policy(tmp_path)
