"""Rows of announcements and rates: no rate is silent, and a row that cannot be told stops the start and is named."""

from datetime import date
from pathlib import Path
from shutil import copy

import pytest

from services.kernel.policy import PolicyError
from services.matching.policy.load import FOLDER, Selection, load_policy
from services.matching.vocabulary import Through

POLICY = load_policy()


@pytest.mark.parametrize(
    ("old", "new", "named"),
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
def test_a_rate_that_nobody_is_told_of_stops_the_start_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    copy(FOLDER / "linking.toml", tmp_path)
    text = (FOLDER / "policy.toml").read_text(encoding="utf-8")
    assert old in text, "nothing would be changed"
    (tmp_path / "policy.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"^policy.toml {named}"):
        load_policy(tmp_path)


def test_every_rate_is_told_to_those_who_may_qualify_and_a_changed_one_to_those_who_are_paid() -> None:
    announcing = {
        (rate.id, rate.since): [row.id for row in POLICY.announcements.rows if rate.id in row.value.about and rate.until is None]
        for rate in POLICY.rates.rows
    }
    *_, care_rate = POLICY.announcements.rows
    care = ["CARE-MAY-QUALIFY", "CARE-RATE"]
    new, old = date(2026, 1, 1), date(2023, 1, 1)
    assert announcing == {
        ("LIVING", old): [],
        ("LIVING", new): ["LIVING-MAY-QUALIFY", "LIVING-RATE"],
        ("CARE_1", old): [],
        ("CARE_1", new): care,
        ("CARE_2", old): [],
        ("CARE_2", new): care,
    }
    assert {(row.id, row.since) for row in POLICY.unannounced.rows} == {(id, old) for id in ("LIVING", "CARE_1", "CARE_2")}
    assert (care_rate.value.selection, care_rate.value.through) == (Selection.CARE_PAID, Through.PERSON)


@pytest.mark.parametrize(
    ("old", "new", "named"),
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
def test_a_row_that_cannot_be_told_stops_the_start_by_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    copy(FOLDER / "linking.toml", tmp_path)
    text = (FOLDER / "policy.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "policy.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"policy.toml \[\[announcement\]\] {named}"):
        load_policy(tmp_path)
