"""Printed forms: which fits when, what they say, what a public notice never says, and that nothing breaks out of a page."""

import re
from dataclasses import fields
from datetime import date
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from services.certificates import vocabulary
from services.certificates.certificate import commands
from services.certificates.certificate.application import events as application_events
from services.certificates.certificate.described import CATEGORIES, GRADES
from services.certificates.forms import contents
from services.certificates.forms.contents import Holder, Printed
from services.certificates.forms.form import Form, Table
from services.certificates.forms.page import as_html
from services.certificates.forms.public_notice import Sheet
from services.certificates.forms.round_list import Round, Visit, list_of_round
from services.certificates.person.masking import name
from services.certificates.policy.rows import Shown
from services.domain.file_number import file_number
from services.kernel.errors import Malformed, Rejected
from tests.certificates.certificate import lives, story

DAY, CARD = date(2026, 3, 9), UUID("cccccccc-0000-4000-8000-000000000001")
ADULT, CHILD = Holder("测试甲"), Holder("测试·小乙", "测试丙", minor=True)


def text(form: Form) -> str:
    """What a reader sees, without the page's style; a line to fill in is ＿."""
    plain = re.sub("<style>.*?</style>", "", as_html(form), flags=re.DOTALL)
    return unescape(re.sub("<[^>]+>", "", plain.replace('<span class="blank"', "＿<span ")))


def drawn(form: Printed, past: tuple[Any, ...], holder: Holder = ADULT, today: date = DAY) -> str:
    """A form about a certificate with this past, when it fits."""
    one = contents.case(CARD, past)
    contents.fits(form, one, story.POLICY, today)
    return text(contents.drawn(form, one, holder, story.POLICY, today))


def answer(form: Printed, past: tuple[Any, ...], today: date) -> str:
    """The code with which a form is refused; empty when it fits."""
    try:
        contents.fits(form, contents.case(CARD, past), story.POLICY, today)
    except Rejected as refusal:
        return refusal.code
    return ""


FITTING = {
    Printed.RECEIPT: {
        "已受理",
        "评定中",
        "待上门评定",
        "已编入上门批次",
        "符合标准",
        "不符合标准",
        "公示单已下发",
        "公示中",
        "公示中有异议",
        "公示结束",
        "公示有异议",
        "不予办理",
        "异议处理中",
        "异议不成立",
        "持证",
        "持证，拟注销",
        "持证，已告知注销",
        "挂失",
        "冻结",
        "迁移待接收",
        "持证，结论有异议",
        "复评待转介",
        "复评中",
        "复评有变更",
        "复评不再符合",
        "已注销",
    },
    Printed.CORRECTION: {"退回补正"},
    Printed.REFUSAL: {"不予办理", "异议不成立"},
    Printed.NOTICE: {"公示单已下发", "公示中", "公示中有异议"},
    Printed.RENEWAL: {
        "持证",
        "持证，拟注销",
        "持证，已告知注销",
        "迁移待接收",
        "持证，结论有异议",
        "复评待转介",
        "复评中",
        "复评有变更",
        "复评不再符合",
    },
}


@pytest.mark.parametrize("form", Printed)
def test_a_form_is_printed_in_the_states_it_fits_and_in_no_other(form: Printed) -> None:
    near = date(2035, 9, 18) if form is Printed.RENEWAL else DAY
    answers = {state: answer(form, past, near) for state, past in lives.STATES.items() if past}
    assert {state for state, code in answers.items() if code == ""} == FITTING[form]
    own = {"挂失": "certificate_lost", "冻结": "certificate_frozen"} if form is Printed.RENEWAL else {}
    others = answers.keys() - FITTING[form]
    assert {state: answers[state] for state in others} == dict.fromkeys(others, "form_does_not_fit") | own


def test_a_receipt_before_acceptance_is_refused_with_the_reason() -> None:
    with pytest.raises(Rejected) as refusal:
        contents.fits(Printed.RECEIPT, contents.case(CARD, story.APPLIED_PAST), story.POLICY, DAY)
    assert (refusal.value.code, refusal.value.detail) == ("form_does_not_fit", "申请尚未受理，不能出具受理回执")


def test_the_receipt_names_the_days_and_what_comes_next() -> None:
    said = drawn(Printed.RECEIPT, story.ORDERED_PAST, Holder("测试甲", "测试丙"))
    for words in (
        f"办件号：{file_number(CARD)}",
        "残疾人证申请受理回执",
        "测试甲（监护人：测试丙）：",
        "2026年3月2日",
        "2026年3月3日",
        "公示5个工作日",
        "10个工作日内审核",
        "残疾人证免费发放",
        "上门评定",
        "联系电话：＿",
        "香格里拉市残疾人联合会（盖章）",
        "一式两份",
    ):
        assert words in said, words


def test_a_return_says_what_is_missing_in_words_and_a_code_without_words_leaves_a_line() -> None:
    past = (*story.APPLIED_PAST, story.RETURNED)
    assert "1. 监护人的居民身份证和户口簿" in drawn(Printed.CORRECTION, past)
    unknown = (*story.APPLIED_PAST, type(story.RETURNED)(returned_on=date(2026, 3, 3), missing="something_else"))
    said = drawn(Printed.CORRECTION, unknown)
    assert "1. ＿" in said
    assert "something_else" not in said
    assert "不需要重新申请" in said


def test_a_refusal_after_the_conclusion_says_until_when_and_to_whom_one_may_object() -> None:
    said = drawn(Printed.REFUSAL, story.REFUSED_PAST)
    assert (
        "最迟可以在2026年3月23日（星期一）当日，即自本告知书日期的次日起10个工作日内，向迪庆藏族自治州残疾人联合会申请重新评定"
        in said
    )
    assert story.POLICY.calendar.add(date(2026, 3, 9), 10) == date(2026, 3, 23)
    for words in (
        "这是指定的评定机构",
        "很常见",
        "省残疾评定专家委员会",
        "第二十五条",
        "云南省政府救助平台",
        "民政部门",
        "村（社区）：",
    ):
        assert words in said, words


def test_the_last_day_of_an_objection_is_the_last_day_on_which_it_is_taken() -> None:
    last = story.POLICY.calendar.add(date(2026, 3, 9), 10)
    story.certificate(*story.REFUSED_PAST).when(commands.Dispute(), last).then(
        application_events.AssessmentDisputed(level=vocabulary.DisputeLevel.PREFECTURE, disputed_on=last)
    )
    story.certificate(*story.REFUSED_PAST).when(commands.Dispute(), date(2026, 3, 24)).rejected("dispute_too_late")


def test_after_the_prefecture_the_province_is_named_and_after_that_nobody() -> None:
    said = drawn(Printed.REFUSAL, lives.STATES["异议不成立"])
    assert "已于2026年3月20日处理您的异议，认为异议不成立" in said
    assert "最迟可以在2026年4月3日（星期五）当日" in said
    final = application_events.DisputeDecided(
        level=vocabulary.DisputeLevel.PROVINCE, upheld=False, final=True, decided_on=date(2026, 4, 7)
    )
    again = application_events.AssessmentDisputed(level=vocabulary.DisputeLevel.PROVINCE, disputed_on=date(2026, 4, 1))
    ended = drawn(Printed.REFUSAL, (*lives.STATES["异议不成立"], again, final))
    assert "已有最终结论，不能再次提出异议" in ended
    assert "最迟可以" not in ended


def test_another_refusal_says_its_reason_and_nothing_of_an_assessment() -> None:
    refused = application_events.CertificateApplicationRefused(refused_on=DAY, reason="incomplete")
    said = drawn(Printed.REFUSAL, (*story.APPLIED_PAST, refused))
    assert "申请材料不齐，且未补正" in said
    assert "评定机构" not in said
    assert "还可以寻求哪些帮助" in said


def sheet(*holders: Holder, past: tuple[Any, ...] = story.SHEET_PAST, starts_on: date | None = None) -> Form:
    """A public-notice sheet."""
    cases = [contents.case(CARD, past) for _ in holders]
    days = contents.period(cases, starts_on, story.POLICY, DAY)
    return contents.posted(story.VILLAGE, holders, days, story.POLICY, DAY)


def test_a_public_notice_shows_masked_names_and_nothing_else_of_a_person() -> None:
    form = sheet(ADULT, CHILD)
    [table] = [block for block in form.body if isinstance(block, Table)]
    assert table.rows == (("1", "测**", "符合残疾评定标准"), ("2", "测某", "符合残疾评定标准"))
    said = text(form)
    assert "2026年3月9日至2026年3月16日（张贴次日起5个工作日）" in said
    assert "现将香格里拉市尼西乡（村码533401204001）下列人员" in said
    numbers = (str(CARD), file_number(CARD), "办件号")
    hidden = [*(f"{word}残疾" for word in CATEGORIES.values()), *GRADES.values(), "测试", "丙", *numbers]
    assert not [word for word in hidden if word in said]
    assert {f.name for f in fields(Sheet)} == {"names", "place", "starts_on", "ends_on", "working_days", "office"}


@pytest.mark.parametrize(
    ("shown", "seen"), [(Shown.FULL, "扎西·顿珠"), (Shown.MASKED, "扎西·**"), (Shown.HEAD, "扎某"), (Shown.ABSENT, "")]
)
def test_a_name_is_shown_as_far_as_a_policy_row_says(shown: Shown, seen: str) -> None:
    assert name("扎西·顿珠", shown) == seen


def test_a_notice_is_dated_from_the_day_it_will_be_posted_or_hangs_since() -> None:
    assert "2026年3月16日至2026年3月23日" in text(sheet(ADULT, starts_on=date(2026, 3, 16)))
    assert "2026年3月9日至2026年3月16日" in text(sheet(ADULT, past=story.NOTICE_PAST, starts_on=date(2026, 3, 20)))
    with pytest.raises(Malformed) as refusal:
        sheet(ADULT, starts_on=date(2026, 3, 8))
    assert refusal.value.code == "notice_in_past"


def test_one_sheet_has_one_village_and_one_time() -> None:
    hanging, ordered = contents.case(CARD, story.NOTICE_PAST), contents.case(CARD, story.SHEET_PAST)
    with pytest.raises(Rejected) as times:
        contents.period([hanging, ordered], date(2026, 3, 20), story.POLICY, DAY)
    assert times.value.code == "notice_dates_differ"
    assert contents.period([hanging, ordered], None, story.POLICY, DAY) == (date(2026, 3, 9), date(2026, 3, 16))
    elsewhere = contents.case(
        CARD,
        (
            type(story.SUBMITTED)(
                person_id=story.PERSON,
                division="533401204002",
                channel=vocabulary.ApplicationChannel.WINDOW,
                applied_on=date(2026, 3, 2),
            ),
            *story.SHEET_PAST[1:],
        ),
    )
    with pytest.raises(Malformed) as villages:
        contents.period([ordered, elsewhere], None, story.POLICY, DAY)
    assert villages.value.code == "one_village_only"


@pytest.mark.parametrize(
    ("today", "words"),
    [(date(2036, 3, 8), "还有10天到期"), (date(2036, 3, 18), "今天到期"), (date(2036, 3, 19), "已经到期")],
)
def test_a_reminder_counts_the_days_and_costs_nothing(today: date, words: str) -> None:
    said = drawn(Printed.RENEWAL, story.ISSUED_PAST, today=today)
    for expected in (
        words,
        "2036年3月18日（星期二）",
        "2035年3月18日至2037年3月18日",
        "免费（《残疾人证管理办法》第十九条）",
        "一般不需要",
    ):
        assert expected in said, expected


def test_a_reminder_outside_the_renewal_window_is_refused() -> None:
    for today in (date(2035, 3, 17), date(2037, 3, 19)):
        with pytest.raises(Rejected) as refusal:
            drawn(Printed.RENEWAL, story.ISSUED_PAST, today=today)
        assert refusal.value.code == "form_does_not_fit"


def test_the_list_of_a_round_masks_phones_and_leaves_room_to_write() -> None:
    visits = (
        Visit("测试甲", "香格里拉市尼西乡汤满村民委员会", "13812345678", date(2026, 3, 2), date(2026, 3, 30)),
        Visit("测试乙", "香格里拉市尼西乡汤满村民委员会", None, date(2026, 3, 3), None),
    )
    form = list_of_round(Round("1", date(2026, 3, 20), "", "香格里拉市卫生健康局", visits))
    [table] = [block for block in form.body if isinstance(block, Table)]
    assert table.rows == (
        ("1", "测试甲", "香格里拉市尼西乡汤满村民委员会", "138****5678", "2026-03-02", "2026-03-30", "", ""),
        ("2", "测试乙", "香格里拉市尼西乡汤满村民委员会", "无", "2026-03-03", "未定", "", ""),
    )
    assert "size: A4 landscape" in as_html(form)


def test_what_a_name_holds_stays_text_on_the_page() -> None:
    wicked = Holder('<script>alert("甲")</script>', "乙 & <b>丙</b>")
    one = contents.case(CARD, story.ACCEPTED_PAST)
    printed = as_html(contents.drawn(Printed.RECEIPT, one, wicked, story.POLICY, DAY))
    assert "<script" not in printed
    assert "<b>" not in printed
    assert "&lt;script&gt;alert(&quot;甲&quot;)&lt;/script&gt;（监护人：乙 &amp; &lt;b&gt;丙&lt;/b&gt;）" in printed


def test_no_form_gives_a_name_away_in_a_traceback() -> None:
    assert repr(CHILD) == "Holder()"
