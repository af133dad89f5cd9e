"""What the comparisons could not say is said with its reason: a rule that is suspended found nothing, and that is no zero."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.documents.paper_html import page
from services.notifications.oversight.board_pages import MonthBoards
from services.notifications.oversight.board_pages import paper as board_paper
from services.notifications.policy.load import POLICY
from services.notifications.report.monthly import monthly
from services.notifications.report.monthly_pages import paper
from services.notifications.report.projection import ComparisonRow, Lacking, Lists
from services.notifications.report.reminder_figures import Reminded
from services.notifications.report.suspended import in_full, lines, suspended
from tests.notifications.report.months import MARCH, stood

SCHOOL = Lacking("SCHOOL_ROLL", "MISSING", "2026-03-10")
SAID = ComparisonRow(
    event_id=UUID(int=1),
    comparison_id=UUID(int=2),
    division="533401",
    title="适龄未入学",
    period="2026-02",
    ran_on=date(2026, 3, 10),
    lists=(),
    lacking=(SCHOOL,),
    version=1,
)
LATER = replace(SAID, comparison_id=UUID(int=3), title="毕业后尚未就业", lacking=(replace(SCHOOL, since="2026-03-12"),))
WHOLE = replace(SAID, comparison_id=UUID(int=4), title="住房存在安全隐患，未列入改造", lists=("HOUSE_SAFETY",), lacking=())


def test_rules_are_told_by_the_list_that_holds_them_up_since_the_first_day() -> None:
    found = suspended([LATER, SAID, WHOLE], "533401", MARCH.last, POLICY)
    assert lines(found) == [("香格里拉市", "在校学生和学籍名单", "未报送", "2026-03-10", "2项")]
    assert [row[4] for row in in_full(found)] == ["毕业后尚未就业、适龄未入学"]


def test_a_county_of_which_no_rule_said_anything_is_told_too() -> None:
    found = suspended([WHOLE], "5334", MARCH.last, POLICY)
    assert lines(found) == [
        ("德钦县", "—", "没有进行比对", "—", "全部"),
        ("维西傈僳族自治县", "—", "没有进行比对", "—", "全部"),
    ]


def test_the_report_says_all_well_only_where_all_rules_were_run() -> None:
    for said, words in ((WHOLE, "各项规则均已比对。"), (SAID, "在校学生和学籍名单")):
        made = monthly(stood([]), Reminded(), Lists(last_said=(said,)), MARCH, "533401", POLICY)
        assert words in page(paper(made))
    nothing = monthly(stood([]), Reminded(), Lists(), MARCH, "533401", POLICY)
    assert "没有进行比对" in page(paper(nothing))
    assert "各项规则均已比对" not in page(paper(nothing))


def test_the_boards_say_so_beside_what_was_told() -> None:
    held_up = suspended([SAID], "533401", MARCH.last, POLICY)
    made = page(board_paper(MonthBoards("香格里拉市", MARCH.first, MARCH.last, [], [], held_up, None)))
    assert "没有线索不等于没有问题" in made
    assert "在校学生和学籍名单" in made
