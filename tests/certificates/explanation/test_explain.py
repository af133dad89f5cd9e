"""Every decision can be explained: what was known, which rules of then stood behind it, what it came from, what followed."""

import re
import shutil
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.certificates import vocabulary
from services.certificates.certificate.described import DESCRIBED
from services.certificates.certificate.projection import CERTIFICATE_VIEW
from services.certificates.explanation.explain import Explanation, explained, office_words
from services.certificates.explanation.page import VALUES, paper
from services.certificates.explanation.policy_rows import TITLES, stood_behind
from services.certificates.policy.load import load_policy
from services.certificates.service import SERVICE
from services.documents import paper_html
from services.kernel.events import Recorded
from tests.certificates import office as certificates_office
from tests.certificates.certificate import story
from tests.certificates.certificate.samples import row
from tests.certificates.quality.courses import day, record
from tests.world import World

FILES = dict(story.POLICY.files)
SOURCE = (
    "上门评残20个工作日、上门批次提前不超过366天 暂定（无条文）；审核10个工作日、异议10个工作日：《残疾人证管理办法》第九、二十五条"
)
OLD = ("notice", "public_notice", 5)


def test_every_event_of_a_certificate_says_which_tables_stand_behind_it() -> None:
    assert set(DESCRIBED) == set(CERTIFICATE_VIEW.keys)
    tables = {table for described in DESCRIBED.values() for table in described.tables}
    assert tables == set(TITLES)
    known = "".join(FILES.values())
    assert all(f"[[{table}]]" in known or f"[{table}." in known for table in tables)


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        (story.ACCEPTED, []),
        (story.NOTICE, [("notice", "public_notice"), ("year", "2026")]),
        (story.ISSUED, [("mode", "mode"), ("validity", "validity"), ("assessment", "assessment")]),
        (
            story.SUBMITTED,
            [("township", "533401204"), ("renewal", "renewal"), ("reapplication", "RECOVERED"), ("reapplication", "FALSE_PAPERS")],
        ),
        (replace(story.CANCELLED, reason=vocabulary.CancellationReason.RECOVERED), [("reapplication", "RECOVERED")]),
        (story.CANCELLED, []),
    ],
)
def test_the_rules_of_a_decision_are_those_in_force_that_it_looked_at(happened: Any, expected: list[tuple[str, str]]) -> None:
    assert [(rule.table, rule.id) for rule in stood_behind(happened, FILES, day("03-09"), story.VILLAGE)] == expected


def test_of_a_rule_the_most_local_row_of_that_day_is_shown() -> None:
    (mode,) = (rule for rule in stood_behind(story.ISSUED, FILES, day("03-09"), story.VILLAGE) if rule.table == "mode")
    assert (mode.division, mode.values, mode.since) == ("533401", {"register": True}, date(2008, 1, 1))
    (other,) = (rule for rule in stood_behind(story.ISSUED, FILES, day("03-09"), "533423101001") if rule.table == "mode")
    assert (other.division, other.values) == ("", {"register": False})
    assert stood_behind(story.ISSUED, FILES, date(2007, 12, 31), story.VILLAGE) == ()


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        ("CL:533401:clerk-1", "香格里拉市残联"),
        ("CL:5334:judge-1", "州残联"),
        ("XZ:533401204:window-1", "尼西乡"),
        ("CUN:533401204001:liaison-1", "尼西乡533401204001村（社区）"),
        ("CUN:533401101003:liaison-1", "建塘镇北门社区居民委员会"),
        ("CUN:533401204000:liaison-1", "尼西乡村（社区）"),
        ("XZ:533499204:window-1", "533499204"),
        ("H01:533401:doctor-1", "评定机构H01"),
        ("machine:certificates.scheduler", "系统"),
    ],
)
def test_an_office_is_called_by_its_name_and_nobody_by_his(actor: str, words: str) -> None:
    assert office_words(actor, story.POLICY.places, day("03-09")) == words


def told(happened: Any, past: tuple[Any, ...], files: dict[str, str] = FILES, actor: str = story.CLERK) -> tuple[str, ...]:
    """The sentences for the holder."""
    decided = replace(record(1, len(past) + 1, day("03-18"), happened), actor=actor)
    return explained(decided, row(past) if past else None, files, (), actor, story.POLICY).plain


def test_the_holder_reads_plain_sentences() -> None:
    assert told(story.REFUSED, story.NOT_MET_PAST) == (
        "2026年3月18日，香格里拉市残联办理：不予办理：不符合残疾标准。",
        "当时登记的情况：评定不符合标准。",
        f"依据的规则：评定、审核和异议期限，自2008-01-01起适用（{SOURCE}）。",
        "这一步由工作人员办理，不是系统自动作出的决定。",
        "不同意评定结论的，可以在10个工作日内向州残联提出异议，仍不同意的可以再向省级专家委员会提出（《残疾人证管理办法》第二十五条）。",
        "您可以要求办理单位说明，可以查阅登记内容，发现有误可以要求更正（《个人信息保护法》第二十四、四十五、四十六条）。",
    )


def test_a_machine_says_that_it_decided_nothing() -> None:
    said = told(story.expired(), story.ISSUED_PAST, actor=story.MACHINE)
    assert said[0].startswith("2026年3月18日，系统记录：")
    assert said[1] == "当时登记的情况：持证，肢体残疾二级，有效期2026-03-18至2036-03-18。"
    assert "任何冻结、注销都由工作人员核实后决定" in said[3]


def test_an_explanation_whose_rules_were_not_kept_says_so() -> None:
    assert "当时的规则没有存档，这里无法列出，可以向办理单位查询。" in told(story.ACCEPTED, story.APPLIED_PAST, {})
    assert "这一步不按数字规则计算，由办理单位按《残疾人证管理办法》办理。" in told(story.ACCEPTED, story.APPLIED_PAST)


def page_of(explanation: Explanation) -> str:
    """As it is handed over."""
    return paper_html.page(paper(explanation, story.POLICY))


def test_every_event_of_every_kind_can_be_explained_on_a_page() -> None:
    past = (story.SUBMITTED, story.ACCEPTED, story.ORDERED, story.MET, story.SHEET, story.NOTICE, story.CLOSED, story.ISSUED)
    for n, happened in enumerate(past):
        decided: Recorded = record(1, n + 1, day("03-18"), happened)
        html = page_of(explained(decided, row(past[:n]) if n else None, FILES, (), story.CLERK, story.POLICY))
        assert html.startswith("<!doctype html>")
        assert not re.search(r"(src|href|url)\s*[=(]", html)


def facts(html: str, part: str) -> dict[str, str]:
    """What stands in a table of the page, by its first column."""
    found = re.search(f"<h2>[^<]*{part}</h2>.*?</table>", html)
    assert found, part
    return {
        re.sub("<.*?>", "", name): re.sub("<.*?>", "", value)
        for name, value in re.findall("<tr>(<td.*?</td>)(<td.*?</td>)</tr>", found[0])
    }


def test_a_page_says_in_words_what_was_known() -> None:
    html = page_of(
        explained(record(1, 8, day("03-18"), story.ISSUED), row(story.CLOSED_PAST), FILES, (), story.CLERK, story.POLICY)
    )
    known, decided = facts(html, "当时登记的内容"), facts(html, "办理记录")
    assert (known["环节"], known["类别"], known["等级"], known["评定方式"]) == ("公示已结束", "肢体", "二级", "到机构")
    assert known["村（社区）"] == "香格里拉市尼西乡（村码533401204001）"
    assert (decided["单位"], decided["经办人代码"]) == ("香格里拉市残联", "clerk-1")
    rules = facts(html, "当时适用的规则")
    assert rules["有效期"] == (
        "自2008-01-01起。月数：120；最后有效日：期满之月的对应日。来源：《残疾人证管理办法》第十九条：有效期十年；"
        "最后有效日 待确认，暂按民法典第二百零二条对应日"
    )


def test_no_code_of_ours_stands_on_the_page_where_there_is_a_word() -> None:
    """English letters are ids, an institution's code, and what no row has a word for."""
    had = replace(
        row(story.ISSUED_PAST),
        category=vocabulary.Category.MULTIPLE,
        constituents=("PHYSICAL:2", "SPEECH:1"),
        proposal="CANCEL:DEATH",
        reason="guardian_papers",
    )
    html = page_of(explained(record(1, 9, day("03-20"), story.CANCELLED), had, FILES, (), story.CLERK, story.POLICY))
    known = facts(html, "当时登记的内容")
    assert (known["多重残疾构成"], known["拟办理"]) == ("肢体二级、言语一级", "注销：死亡")
    assert known["原因"] == "监护人的居民身份证和户口簿"
    assert facts(html, "办理记录")["事项"] == "注销：死亡（依据本人或监护人声明）"
    returned = replace(story.RETURNED, missing="x9")
    assert told(returned, story.APPLIED_PAST)[0].endswith("退回补正，缺：x9。"), (
        "a code that nobody explained stays readable as one"
    )


def test_every_value_of_a_rule_that_can_stand_on_the_page_has_a_name() -> None:
    tables = {name: text for file, text in FILES.items() if file.endswith(".toml") for name, text in tomllib.loads(text).items()}
    rows = [entry for table in TITLES for entry in (tables[table] if isinstance(tables[table], list) else tables[table].values())]
    names = {name for entry in rows for name in entry} - {"id", "from", "until", "division", "source"}
    assert names - set(VALUES) == {"code_system", "remark"}


async def events(office: Any, certificate: str) -> dict[str, str]:
    """The event ids of a certificate by what they say."""
    items = (await office.clerk.get(f"/certificates/{certificate}/history"))["items"]
    return {item["words"]: item["event_id"] for item in items}


def changed(folder: Path) -> Any:
    """A policy whose notices hang eight working days."""
    for own in (SERVICE.folder / "policy").glob("*.toml"):  # calendar and places are not the service's own
        shutil.copy(own, folder / own.name)
    rules = folder / "policy.toml"
    rules.write_text(rules.read_text("utf-8").replace("working_days = 5\n", "working_days = 8\n", 1), "utf-8")
    return load_policy(folder)


def notice(said: dict[str, Any]) -> list[tuple[str, str, int]]:
    """The row of the public notice in an explanation."""
    return [(r["table"], r["id"], r["values"]["working_days"]) for r in said["rules"] if r["table"] == "notice"]


async def test_a_decision_is_explained_by_the_rules_of_then_after_they_have_changed(place: World, tmp_path: Path) -> None:
    office = await certificates_office.opened(place)
    _, card = await office.issued()
    later = await place.serve(await place.open(replace(SERVICE, policy=changed(tmp_path))))
    clerk, village = (
        await place.client(later, "CL", "533401", "clerk"),
        await place.client(later, "CUN", certificates_office.VILLAGE, "liaison"),
    )
    (posted,) = [event for words, event in (await events(office, card)).items() if words.startswith("张贴公示")]
    then = await clerk.get(f"/certificates/{card}/explain/{posted}")
    assert (notice(then), then["rules_kept"], then["policy_version"]) == ([OLD], True, story.POLICY.version)
    second = await office.application(await office.person(1))
    await office.step(second, "accept", "order-assessment")
    await office.assessed(second)
    await office.step(second, "public-notice")
    new = (await village.post(f"/certificates/{second}/public-notice/post"))["events"][0]["id"]
    assert notice(await clerk.get(f"/certificates/{second}/explain/{new}")) == [("notice", "public_notice", 8)]
    kept = await office.sql("SELECT count(DISTINCT version) AS versions, count(*) AS files FROM policy_version")
    assert tuple(kept[0]) == (2, 2 * len(FILES))


async def test_who_decided_is_told_to_those_who_may_attribute_and_the_office_to_others(place: World) -> None:
    office = await certificates_office.opened(place)
    _, card = await office.issued()
    (issued,) = [event for words, event in (await events(office, card)).items() if words.startswith("核发")]
    path = f"/certificates/{card}/explain/{issued}"
    mine = await office.clerk.get(path)
    assert mine["decided_by"] == "CL:533401:cl-533401"
    assert (mine["known"]["step"], mine["known"]["version"], mine["known_words"]) == (
        "NOTICE_CLOSED",
        7,
        "公示已结束，肢体残疾二级",
    )
    official = await office.client("MZ", "533401", "official")
    assert (await official.get(path))["decided_by"] == "CL:533401"
    async with official.session.get(f"{path}.html") as answer:
        text = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/html")
    assert "cl-533401" not in text
    assert "测试甲" not in text
    assert certificates_office.CITIZENS[0] not in text
    there = await office.client("CL", "533422", "clerk")
    await there.get(path, 404)
    await there.get(f"{path}.html", 404)
    await office.institution.get(path, 403)
    await office.clerk.get(f"/certificates/{card}/explain/{UUID(int=1)}", 404)


async def test_an_explanation_shows_what_a_decision_came_from_and_what_followed(place: World) -> None:
    office = await certificates_office.opened(place)
    person, card = await office.issued()
    await office.clerk.post(f"/persons/{person}/death", {"died_on": "2026-03-01", "evidence": "certificate_of_death"})
    (ended,) = [event for words, event in (await events(office, card)).items() if words.startswith("注销")]
    said = await office.clerk.get(f"/certificates/{card}/explain/{ended}")
    assert ([r["words"] for r in said["together"]], said["before"], said["followed"]) == (["核实死亡"], [], [])
    assert said["together"][0]["stream_id"] == person
    (issued,) = [event for words, event in (await events(office, card)).items() if words.startswith("核发")]
    assert (await office.clerk.get(f"/certificates/{card}/explain/{issued}"))["followed"] == []


async def test_a_reminder_is_traced_to_the_card_it_follows_from(place: World) -> None:
    office = await certificates_office.opened(place)
    _, card = await office.issued()
    await office.on("2036-03-11")
    by = await events(office, card)
    (issued,) = [event for words, event in by.items() if words.startswith("核发")]
    (expired,) = [event for words, event in by.items() if words.startswith("有效期已于")]
    followed = (await office.clerk.get(f"/certificates/{card}/explain/{issued}"))["followed"]
    assert expired in [f["event_id"] for f in followed]
    said = await office.clerk.get(f"/certificates/{card}/explain/{expired}")
    assert (said["decided_by"], said["causation_id"]) == ("machine:certificates.scheduler", issued)


async def test_a_step_for_many_explains_each_by_itself(place: World) -> None:
    office = await certificates_office.opened(place)
    many = [await office.application(await office.person(n)) for n in range(2)]
    await office.clerk.post("/desk/steps", {"step": "accept", "certificate_ids": many})
    for card in many:
        said = await office.clerk.get(f"/certificates/{card}/explain/{(await events(office, card))['受理申请']}")
        assert said["before"] == said["together"] == said["followed"] == []
