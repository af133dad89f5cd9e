"""An adjustment list as offices read it: each signer is told in its turn, and whoever signed before when it is refused."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.domain.file_number import file_number
from services.matching.month_list import events as month_list
from services.matching.month_list.decider import list_id
from services.matching.vocabulary import Subsidy
from services.notifications.policy.load import POLICY
from services.notifications.routing.projection import SettlingRow
from services.notifications.routing.resolution import resolved_by
from services.notifications.routing.route import notices
from tests.contract.golden import sample
from tests.notifications.samples import DAY, recorded

COUNTY = "533401"
LIST = list_id(COUNTY, Subsidy.LIVING, "2026-03")
SAID = {"division": COUNTY, "title": "2026年3月困难残疾人生活补贴发放调整名单", "edition": 2}
FROZEN = replace(sample(month_list.SubsidyListFrozen), **SAID, owner="CL", pay_day=date(2026, 3, 13))
SIGNED = replace(sample(month_list.SubsidyListSigned), **SAID, owner="MZ", complete=False, pay_day=date(2026, 3, 13))
COMPLETE = replace(SIGNED, owner="CZ", complete=True)
REOPENED = replace(sample(month_list.SubsidyListReopened), **SAID, owner="CL", again_on=date(2026, 3, 9))


def told(event: Any) -> list[Any]:
    """The notices that an event makes."""
    return notices(replace(recorded(event, COUNTY), stream_id=LIST), POLICY, DAY)


@pytest.mark.parametrize(
    ("event", "offices"), [(FROZEN, ["CL"]), (SIGNED, ["MZ"]), (COMPLETE, ["CL", "MZ"]), (REOPENED, ["CL", "MZ"])]
)
def test_each_is_told_in_its_turn(event: Any, offices: list[str]) -> None:
    assert [(notice.agency, notice.division) for notice in told(event)] == [(agency, COUNTY) for agency in offices]


def test_a_signer_reads_which_list_until_when_and_that_it_may_refuse() -> None:
    (notice,) = told(SIGNED)
    assert notice.text == (
        f"2026年3月困难残疾人生活补贴发放调整名单（编号{file_number(LIST)}，第2版）待贵单位核对签署。发放日为2026年3月13日。"
        f"请于2026年3月3日前签署，或写明原因退回。"
    )
    assert notice.chain[-1] == "CGW:5334"


def test_who_is_told_of_a_refusal_reads_when_the_list_comes_anew() -> None:
    assert told(REOPENED)[0].text.endswith("已退回。请查明原因并更正数据，名单将于2026年3月9日重新生成。")


@pytest.mark.parametrize(
    ("event", "by", "route"),
    [
        (FROZEN, "SubsidyListSigned", "month-list-frozen"),
        (FROZEN, "SubsidyListReopened", "month-list-frozen"),
        (SIGNED, "SubsidyListSigned", "month-list-next"),
        (REOPENED, "SubsidyListFrozen", "month-list-refused"),
    ],
)
def test_what_happens_next_settles_what_was_told(event: Any, by: str, route: str) -> None:
    notice = told(event)[0]
    later = SettlingRow(LIST, LIST, COUNTY, by, (), 2, DAY)
    assert notice.route == route
    assert resolved_by(route, notice.facts, COUNTY, (later,), POLICY) is not None
    assert resolved_by(route, notice.facts, COUNTY, (), POLICY) is None
