"""How far it is, in words for the person who asks: every state, no category, no grade."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.certificates.certificate.described import CATEGORIES, GRADES
from services.certificates.front_desk.progress import Progress, of
from services.certificates.vocabulary import AssessmentSetting, DisputeLevel
from services.domain.file_number import file_number
from tests.certificates import office as certificates_office
from tests.certificates.certificate import story
from tests.certificates.certificate.lives import STATES
from tests.certificates.certificate.samples import row
from tests.world import World

DAY = date(2026, 3, 16)  # a Monday; the rows stand at their step since the 17th
COUNTY = "香格里拉市残疾人联合会"
_APPLICANT, _HOLDER, _VILLAGE, _INSTITUTION = "申请人或者监护人", "持证人或者监护人", "村（社区）", "指定的评定机构"
EXPECTED = {
    "已申请": Progress("已提交申请", "审核材料，决定是否受理", None, COUNTY),
    "退回补正": Progress("材料不齐，已退回补正", "补齐补正告知书列明的材料，重新提交", None, _APPLICANT),
    "已受理": Progress("已受理", "转介评定", None, COUNTY),
    "评定中": Progress("正在评定", "到指定的评定机构接受评定，由其作出结论", None, _INSTITUTION),
    "待上门评定": Progress("正在评定，等待上门", "安排上门评定", date(2026, 4, 1), f"县级卫生健康部门、{COUNTY}"),
    "已编入上门批次": Progress("正在评定，已安排上门评定", "在约定的日期评定，请本人在场", date(2026, 3, 20), _INSTITUTION),
    "符合标准": Progress("已评定，符合标准", "制作公示单，交村（社区）张贴", None, COUNTY),
    "不符合标准": Progress("已评定，不符合标准", "书面告知结论、异议权利和可以寻求的其他帮助", None, COUNTY),
    "公示单已下发": Progress("公示单已交村（社区）", "张贴公示", None, _VILLAGE),
    "公示中": Progress("正在公示，至2026-03-16", "公示期满后撤下公示单", date(2026, 3, 16), _VILLAGE),
    "公示中有异议": Progress("正在公示，至2026-03-16", "公示期满后撤下公示单", date(2026, 3, 16), _VILLAGE),
    "公示结束": Progress("公示结束，没有待处理的异议", "审核发证", date(2026, 3, 31), COUNTY),
    "公示有异议": Progress("公示期间有人提出异议", "核实并答复异议", None, COUNTY),
    "不予办理": Progress("不符合标准，不予办理", "不同意评定结论且结论不是最终结论的，可以提出异议", date(2026, 3, 31), _APPLICANT),
    "异议处理中": Progress("对评定结论的异议正在处理", "作出决定", None, "州残联"),
    "异议不成立": Progress(
        "不符合标准，不予办理", "不同意评定结论且结论不是最终结论的，可以提出异议", date(2026, 3, 31), _APPLICANT
    ),
    "已撤回": Progress("申请已撤回", "需要时可以重新申请", None, _APPLICANT),
    "持证": Progress("残疾人证有效，至2036-03-18", "2035-03-18起可以换领", None, _HOLDER),
    "持证，拟注销": Progress("持证，有一项登记信息需要核实", "核实；除死亡外，处理前会先告知您", None, COUNTY),
    "持证，已告知注销": Progress("持证，有一项登记信息需要核实", "核实；除死亡外，处理前会先告知您", None, COUNTY),
    "挂失": Progress("残疾人证已于2026-03-20挂失", "补办新证", None, COUNTY),
    "冻结": Progress("残疾人证自2026-03-20起冻结", "到窗口说明情况，冻结的原因消除后解冻", None, COUNTY),
    "迁移待接收": Progress("残疾人证正在迁移", "接收迁入", None, COUNTY),
    "持证，结论有异议": Progress("持证，对评定结论的异议正在处理", "作出决定", None, "州残联"),
    "复评待转介": Progress("正在重新评定，原证仍然有效", "评定后换证或者维持原证", None, COUNTY),
    "复评中": Progress("正在重新评定，原证仍然有效", "评定后换证或者维持原证", None, COUNTY),
    "复评有变更": Progress("正在重新评定，原证仍然有效", "评定后换证或者维持原证", None, COUNTY),
    "复评不再符合": Progress("正在重新评定，原证仍然有效", "评定后换证或者维持原证", None, COUNTY),
    "已注销": Progress("残疾人证已注销（死亡）", "登记有误的，可以要求更正", None, COUNTY),
}


@pytest.mark.parametrize("state", [name for name in STATES if name != "无"])
def test_every_state_has_its_words_and_none_names_a_disability(state: str) -> None:
    said = of(row(STATES[state]), story.POLICY, DAY)
    assert said == EXPECTED[state]
    spoken = f"{said.now}{said.next}{said.by_whom}"
    assert not [word for word in (*CATEGORIES.values(), *GRADES.values()) if word in spoken]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2035, 3, 17), Progress("残疾人证有效，至2036-03-18", "2035-03-18起可以换领", None, _HOLDER)),
        (date(2035, 3, 18), Progress("残疾人证有效，至2036-03-18", "换领，免费", date(2036, 3, 18), _HOLDER)),
        (date(2036, 3, 18), Progress("残疾人证有效，至2036-03-18", "换领，免费", date(2036, 3, 18), _HOLDER)),
        (date(2036, 3, 19), Progress("残疾人证已于2036-03-18到期", "换领，免费", date(2037, 3, 18), _HOLDER)),
        (date(2037, 3, 19), Progress("残疾人证已于2036-03-18到期，换领期限已过", "重新申请", None, _HOLDER)),
    ],
)
def test_a_card_is_valid_renewable_or_expired_by_the_day(today: date, expected: Progress) -> None:
    assert of(row(STATES["持证"]), story.POLICY, today) == expected


def test_days_that_passed_are_not_promised_again() -> None:
    notice, refused = row(STATES["公示中"]), row(STATES["不予办理"])
    assert of(notice, story.POLICY, date(2026, 3, 17)) == Progress("公示已于2026-03-16期满", "撤下公示单", None, _VILLAGE)
    late = of(refused, story.POLICY, date(2026, 4, 1))
    assert (late.next, late.by_when) == ("异议期限已过；情况有变化的，可以重新申请", None)
    home = of(row(STATES["待上门评定"]), story.POLICY, date(2026, 4, 2))
    assert (home.now, home.by_when) == ("正在评定，等待上门，已超过应完成的日期", date(2026, 4, 1))


def test_a_session_in_the_village_and_a_forwarded_application_have_their_words() -> None:
    group = replace(row(STATES["评定中"]), setting=AssessmentSetting.GROUP)
    assert of(group, story.POLICY, DAY).now == "正在评定，等待村内集中评定"
    assert of(replace(group, visit_on=DAY), story.POLICY, DAY).now == "正在评定，已安排村内集中评定"
    assert of(replace(row(STATES["已申请"]), forwarded=True), story.POLICY, DAY).now == "已提交申请，乡镇已初审"
    assert of(replace(row(STATES["异议处理中"]), disputed=DisputeLevel.PROVINCE), story.POLICY, DAY).by_whom == "省级专家委员会"


def test_after_a_cancellation_the_day_of_a_new_application_is_said() -> None:
    ended = replace(row(STATES["已注销"]), reason="RECOVERED", cancelled_on=date(2026, 3, 2))
    said = of(ended, story.POLICY, DAY)
    assert (said.now, said.next) == ("残疾人证已注销（不再符合残疾标准）", "2027-03-02起可以重新申请")
    assert of(ended, story.POLICY, date(2027, 3, 2)).next == "需要时可以重新申请"
    assert of(replace(ended, reason="VOLUNTARY"), story.POLICY, DAY).next == "需要时可以重新申请"


async def test_progress_is_told_at_window_and_village_and_names_no_disability(place: World) -> None:
    office = await certificates_office.opened(place)
    _, certificate = await office.issued()
    told = await office.village.get(f"/certificates/{certificate}/progress")
    valid = {"now": "残疾人证有效，至2036-03-10", "next": "2035-03-10起可以换领", "by_when": None, "by_whom": "持证人或者监护人"}
    assert told == valid
    await (await office.client("CUN", certificates_office.NEXT_VILLAGE, "liaison")).get(
        f"/certificates/{certificate}/progress", 404
    )
    number = file_number(UUID(certificate))
    (found,) = (await office.village.get("/progress", file_number=number.replace("-", "")))["items"]
    assert (found["certificate_id"], found["progress"]) == (certificate, told)
    elsewhere = await office.client("CUN", certificates_office.NEXT_VILLAGE, "liaison")
    assert (await elsewhere.get("/progress", file_number=number))["items"] == []
    assert (await office.village.get("/progress", 422, file_number=number[:-1]))["errors"][0]["code"] == "number_mistyped"
    await (await office.client("MZ", "533401", "official")).get(f"/certificates/{certificate}/progress", 403)
