"""The review as it is printed: a line for what agrees, everything of what does not."""

import io
from typing import Any

from rich.console import Console

from deploy.sandbox.review.log import Check
from deploy.sandbox.review.printing import checked, happened, printed
from deploy.sandbox.review.reviewing import Review

AGREES: list[Check] = [("months paid", 364, 364), ("yuan paid", 36400, 36400)]
DIFFERS: Check = ("findings", ["a", "b"], ["a"])
# A short demo: nothing came of most things.
NOTHING: dict[str, Any] = {
    "events by type": {"RiskDetected": 5, "CaseOpened": 3, "RiskResolved": 1},
    "certificates": {"issued": 12, "renewed": 0, "lapsed": 0},
    "reminders by window": {},
    "visits for reminders": {"planned": 0, "closed": 0, "told somebody": 0, "missed": 0, "withdrawn": 0},
    "risks": {"median days from clue to decision": None},
    "measures": {"planned": 0, "delivered": 0, "checked": 0, "overdue": 0, "checks that found nothing": 0},
    "subsidies": {"paid": 0, "yuan": 0.0},
    "findings": {"opened": 0, "verified": 0, "refuted": 0, "ended": 0, "by type": {}},
    "what offices did": {
        "NoticeAcknowledged": 0,
        "NoticeAccepted": 0,
        "NoticeActedOn": 0,
        "NoticeRejected": 0,
        "by a link in mail": 0,
    },
    "escalations": {},
    "messages outside by channel": {"not sent": {"ceiling": 2}},
}


def test_a_section_that_agrees_is_one_line() -> None:
    assert [line.split() for line in checked("payments", AGREES)] == [["payments", "2", "checks", "agree"]]
    assert [line.split() for line in checked("payments", AGREES[:1])] == [["payments", "1", "check", "agrees"]]


def test_what_does_not_agree_is_listed_in_full() -> None:
    long: Check = ("topics", "x" * 300, "y" * 300)
    section, *rest = checked("payments", [*AGREES, DIFFERS, long])
    assert section.split(maxsplit=1)[1] == "2 of 4 checks do NOT agree"
    assert [line.strip() for line in rest] == [
        "findings",
        "put in:   ['a', 'b']",
        "came out: ['a']",
        "topics",
        f"put in:   {'x' * 300}",
        f"came out: {'y' * 300}",
    ]


def test_the_last_line_is_the_verdict_over_all_sections() -> None:
    def last(sections: dict[str, list[Check]]) -> str:
        out = io.StringIO()
        printed(Review(NOTHING, sections), Console(file=out, width=80))
        return out.getvalue().splitlines()[-1]

    assert last({"payments": AGREES, "notices": AGREES}) == "All 4 checks agree."
    assert last({"payments": AGREES, "notices": [DIFFERS]}) == "1 of 3 checks does NOT agree."


def test_a_short_year_is_told_without_what_it_did_not_have() -> None:
    told = happened(NOTHING)
    assert told["Risks and cases"] == "5 leads: 3 became cases, 1 refuted, 1 still open"
    assert told["Letters outside"] == "none"
    assert told["Escalations"] == "0 times nobody took note or acted in time"


def test_the_report_says_of_each_check_its_section_and_whether_it_agrees() -> None:
    review = Review({}, {"payments": AGREES[:1], "notices": [DIFFERS]})
    assert review.checks == [
        {"section": "payments", "what": "months paid", "put_in": 364, "came_out": 364, "agrees": True},
        {"section": "notices", "what": "findings", "put_in": ["a", "b"], "came_out": ["a"], "agrees": False},
    ]
    assert not review.agrees
