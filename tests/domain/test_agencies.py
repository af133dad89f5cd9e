"""Agencies are called by their names of a day, and a successor takes over from its day on."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.domain.agencies import AGENCIES, FILE, Agencies, Agency, Successor, load

DAY = date(2026, 3, 2)
MERGED = Successor("XCZX", date(2024, 1, 1), None, "a test", "NY")


def test_the_nine_of_the_joint_opinion_and_whoever_else_acts_have_names() -> None:
    nine = {"CL", "XCZX", "CZ", "MZ", "ZJ", "JT", "RS", "WJ", "YB"}
    assert nine | {"CGW", "ZF", "NY", "XZ", "CUN"} == AGENCIES.codes
    assert (AGENCIES.name("WJ", DAY), AGENCIES.short("WJ", DAY), AGENCIES.called("WJ", DAY)) == ("卫生健康委员会", "卫健", "卫健局")


def test_a_code_without_a_row_on_the_day_stays_a_code() -> None:
    assert (AGENCIES.name("OPS", DAY), AGENCIES.short("H01", DAY), AGENCIES.called("", DAY)) == ("OPS", "H01", "")
    assert AGENCIES.name("CL", date(2020, 12, 31)) == "CL"


def test_a_renamed_agency_has_the_name_of_the_day() -> None:
    old = replace(AGENCIES.rows[0], until=DAY)
    new = Agency("CL", DAY, None, "a test", "残疾人联合会", "残联", "残联")
    renamed = Agencies((old, new), ())
    assert [renamed.name("CL", day) for day in (date(2026, 3, 1), DAY)] == ["残联", "残疾人联合会"]


def test_nobody_has_taken_over_while_the_day_is_not_known() -> None:
    assert AGENCIES.successors == ()
    assert AGENCIES.successor("XCZX", DAY) == "XCZX"


def test_a_successor_takes_over_from_its_day_on_and_may_be_succeeded_itself() -> None:
    merged = replace(AGENCIES, successors=(MERGED, Successor("NY", date(2025, 1, 1), date(2026, 1, 1), "a test", "ZF")))
    days = date(2023, 12, 31), date(2024, 1, 1), date(2025, 6, 1), DAY
    assert [merged.successor("XCZX", day) for day in days] == ["XCZX", "NY", "ZF", "NY"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('called = "残联"\n', "", r"agencies.toml \[\[agency\]\] CL: missing or unknown key \['called'\]"),
        ('called = "残联"\n', 'called = "残联"\nnick = "x"\n', r"CL: missing or unknown key \['nick'\]"),
        ('short = "残联"', 'short = ""', "CL: from and until are days"),
        ('id = "CL"\nfrom = 2021-01-01', 'id = "CL"\nfrom = "soon"', "CL: from and until are days"),
        ('id = "CL"\n', "", r"\(no id\): missing or unknown key \['code'\]"),
        ("successor = []", "successor = [", "agencies.toml: "),
        (
            "successor = []",
            '[[successor]]\nid = "XCZX"\nfrom = 2024-01-01\nsource = "a test"\nagency = "NYY"\n',
            r"\[\[successor\]\] XCZX: there is no agency NYY",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_named(old: str, new: str, told: str, tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "agencies.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=told):
        load(tmp_path / "agencies.toml")
