"""Rows that cannot work stop the start, and the row is named."""

from datetime import date
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from services.domain.agencies import FILE as AGENCIES
from services.kernel.policy import PolicyError
from services.notifications.policy.load import load_policy

FOLDER = Path("services/notifications/policy")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('on = "RiskDetected"', 'on = "RiskDetectedd"', "there is no event RiskDetectedd"),
        (
            'template = "certificate-issued"',
            'template = "certificate-expired"',
            "there is no template certificate-expired for VILLAGE",
        ),
        ('template = "case-opened"', 'template = "measure-planned"', r"measure-planned.agency@1 asks for \['due_on', 'measure'\]"),
        ('"XCZX@county"]\nseverity_of', '"XCZX@moon"]\nseverity_of', "XCZX@moon is not AGENCY@level"),
        ('"XCZX@county"]\nseverity_of', '"XC@county"]\nseverity_of', "there is no agency XC"),
        ("days = 20", "days = 0", "a deadline is at least one working day"),
        ("act_days = 10\n", "", "act_days is missing"),
        ('routes = ["risk-detected"]', 'routes = ["risk"]', r"there is no route \['risk'\]"),
        ('same = ["measure_id"]', 'same = ["measure"]', r"MeasureDelivered has no \['measure'\]"),
        ('on = "ReminderTried"', 'on = "NoticeQueued"', "there is no event NoticeQueued"),
        (
            "'ONE_MONTH' && rung == 'CUN@village'",
            "'ONE_MONTH' && rung == 'CUN'",
            r"ONE_MONTH: no row of routing.toml tells CUN@village",
        ),
        ('on = "MeasureDelivered"\nsame', 'on = "MeasureDone"\nsame', "there is no event MeasureDone"),
        ('on = "CaseOpened"\n\n', 'on = "CaseOpened"\nreport = true\n\n', r"risk-taken-up: CaseOpened has no \['owner'\]"),
        ('severity_of = "severity"', 'severity_of = "severty"', r"risk-detected: RiskDetected has no \['severty'\]"),
        ('severity_of = "severity"', 'severity_of = "kind"', "kind of RiskDetected is no severity"),
        ("setting == 'HOME'", "seting == 'HOME'", r"home-assessment-asked: AssessmentOrdered has no \['seting'\]"),
        ("setting == 'HOME'", "setting == 'HOME' && ordered_on > 3", r"\['ordered_on'\] of AssessmentOrdered cannot be compared"),
        (
            '"CaseOpened"\nto = ["XCZX@county"]',
            '"CaseOpened"\nto = ["owner@county"]',
            r"case-opened: CaseOpened has no \['owner'\]",
        ),
        (
            'chain = ["CGW@prefecture"]',
            'chain = ["owner@prefecture"]',
            r"assessment-disputed: AssessmentDisputed has no \['owner'\]",
        ),
        ('to = ["CL@prefecture"]', 'to = ["same@prefecture"]', "there is no agency same"),
        ('on = "CertificateExpired"\n', 'on = "CertificateExpired"\nreminder = true\n', r"CertificateExpired has no \['window'\]"),
        ("days = 20", 'days = 20\ncolour = "red"', r"certificate-issued: unknown key \['colour'\]"),
        (
            "days = 20",
            'days = 20\ndoors = ["INBOX", "SMS"]',
            r"certificate-issued: \['SMS'\] is no door of ours, but a subscription",
        ),
        ("days = 20", 'days = 20\ndoors = ["TOPIC"]', "certificate-issued: doors are the inbox, which every office has"),
        ("days = 20", 'days = 20\ndoors = ["INBOX", "INBOX"]', "certificate-issued: doors are the inbox, which every office has"),
        ('when = "arrived"', 'when = "arived"', r"measure-arrived: MeasureChecked has no \['arived'\]"),
        ('when = "arrived"', 'when = "household_id != arrived"', r"\['household_id'\] of MeasureChecked is not kept"),
    ],
)
def test_a_row_that_cannot_work_stops_the_start(old: str, new: str, told: str, tmp_path: Path) -> None:
    folder = tmp_path / "policy"
    copytree(FOLDER, folder, ignore=ignore_patterns("*.py", "__pycache__", "migrations"))
    text = (folder / "routing.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "routing.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError, match=told):
        load_policy(folder)


def test_a_successor_that_is_no_agency_or_that_nobody_tells_stops_the_start(tmp_path: Path) -> None:
    merged = tmp_path / "agencies.toml"
    row = '[[successor]]\nid = "XCZX"\nfrom = 2024-01-01\nsource = "a test"\nagency = "{}"\n'
    known = AGENCIES.read_text(encoding="utf-8")
    for successor, told in (("NYY", "there is no agency NYY"), ("XZ", "nobody tells XZ")):
        merged.write_text(known.replace("successor = []", row.format(successor)), encoding="utf-8")
        with pytest.raises(PolicyError, match=told):
            load_policy(agencies=merged)
    merged.write_text(known.replace("successor = []", row.format("NY")), encoding="utf-8")
    policy = load_policy(agencies=merged)
    assert policy.successor("XCZX", date(2026, 3, 2)) == "NY"
    assert policy.version != load_policy().version
