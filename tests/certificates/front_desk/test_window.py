"""At the window: forms printed, a person found, details corrected, a copy handed over; every look recorded, nothing kept."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.certificates.person.decider import PERSON, CorrectDetails
from services.certificates.person.events import PersonDetailsCorrected, PersonRegistered
from services.certificates.person.search import Likeness, likeness, spellings
from services.certificates.policy.load import load_policy
from services.certificates.vocabulary import Detail
from tests.certificates import office as certificates_office
from tests.certificates.front_desk.samples import page
from tests.spec import spec
from tests.world import Client, World

POLICY, LINK = load_policy(), UUID(int=5)
RULE = POLICY.search.one("search", date(2026, 3, 2))
REGISTERED = PersonRegistered(birth_month="1980-01", division=certificates_office.VILLAGE)


async def looks(office: certificates_office.Office) -> list[tuple[Any, ...]]:
    """Who looked for what, at whom, and whether it was shown."""
    rows = await office.sql("SELECT agency, purpose, reference, person_id::text AS who, granted FROM person_read ORDER BY id")
    return [tuple(row.values()) for row in rows]


async def test_a_form_is_printed_by_whose_it_is_recorded_and_kept_nowhere(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person(name="测试秘密")
    certificate = await office.application(person)
    receipt, key = f"/certificates/{certificate}/forms/acceptance-receipt", str(uuid4())
    early = await office.clerk.post(receipt, {}, 409)
    assert (early["title"], early["detail"]) == ("form_does_not_fit", "申请尚未受理，不能出具受理回执")
    await office.step(certificate, "accept")
    assert "测试秘密" in await page(office.clerk, receipt, key=key)
    township = await office.client("XZ", "533401204", "township")
    assert "测试秘密" in await page(township, receipt)
    assert (await office.village.post(receipt, {}, 403))["title"] == "not_your_duty"
    health = await office.client("WJ", "533401", "health")
    assert (await health.post(receipt, {}, 403))["title"] == "scope_missing"
    neighbour = await office.client("CL", "533422", "clerk")
    assert (await neighbour.post(receipt, {}, 404))["title"] == "certificate_unknown"
    about = ("CERTIFICATE_SERVICE", "form/acceptance-receipt", person, True)
    assert await looks(office) == [("CL", *about), ("XZ", *about)]
    assert await office.sql("SELECT key FROM idempotency WHERE key = $1", key) == []
    await office.clerk.post(f"/certificates/{certificate}/forms/nonsense", {}, 422)


async def test_the_village_prints_the_notice_it_posts_for_several_at_once(place: World) -> None:
    office = await certificates_office.opened(place)
    cards = []
    for citizen in range(2):
        card = await office.application(await office.person(citizen, name=f"测试{citizen}"))
        await office.step(card, "accept", "order-assessment")
        await office.assessed(card)
        await office.step(card, "public-notice")
        cards.append(card)
    sheet = await page(office.village, "/forms/public-notice", {"certificate_ids": [*cards, cards[0]]})
    assert sheet.count("符合残疾评定标准") == 2
    for hidden in ("测试", "533499", "13800000000", "肢体", "二级", *cards):
        assert hidden not in sheet, hidden
    assert [look[1:3] for look in await looks(office)] == [("CERTIFICATE_SERVICE", "form/public-notice")] * 2
    assert "测**" in await page(office.clerk, f"/certificates/{cards[0]}/forms/public-notice", {"starts_on": "2026-03-09"})
    unknown = {"certificate_ids": [cards[0], str(uuid4())]}
    assert (await office.village.post("/forms/public-notice", unknown, 404))["title"] == "certificate_unknown"
    many = {"certificate_ids": [str(UUID(int=n)) for n in range(51)]}
    assert (await office.village.post("/forms/public-notice", many, 422))["title"] == "too_many_persons"
    await office.clerk.post("/forms/public-notice", {"certificate_ids": [cards[0]], "starts_on": "2026-02-30"}, 422)


async def test_a_form_for_somebody_who_moved_away_is_refused_and_the_look_recorded(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    certificate = await office.application(person)
    await office.step(certificate, "accept")
    prefecture = await office.client("CL", "5334", "clerk")
    await prefecture.post(f"/persons/{person}/move", {"to_division": certificates_office.FOREIGN_VILLAGE})
    refused = await office.clerk.post(f"/certificates/{certificate}/forms/acceptance-receipt", {}, 404)
    assert refused["title"] == "person_unknown"
    assert [look[3:] for look in await looks(office)] == [(person, False)]


async def test_progress_is_told_at_window_and_village_and_names_no_disability(place: World) -> None:
    office = await certificates_office.opened(place)
    _, certificate = await office.issued()
    told = await office.village.get(f"/certificates/{certificate}/progress")
    valid = {"now": "残疾人证有效，至2036-03-10", "next": "2035-03-10起可以换领", "by_when": None, "by_whom": "持证人或者监护人"}
    assert told == valid
    await (await office.client("CUN", certificates_office.NEXT_VILLAGE, "liaison")).get(
        f"/certificates/{certificate}/progress", 404
    )
    await (await office.client("MZ", "533401", "official")).get(f"/certificates/{certificate}/progress", 403)


@pytest.mark.parametrize(
    ("wanted", "name", "found"),
    [
        ("扎西顿珠", "扎西顿珠", Likeness.SAME_NAME),
        ("定主", "格茸定主", Likeness.PART_OF_NAME),
        ("格茸定主", "定主", Likeness.PART_OF_NAME),
        ("次里", "此里", Likeness.SOUND),
        ("次林", "七林", Likeness.SOUND),
        ("卓玛", "珠玛", Likeness.SOUND),
        ("和丽", "何丽", Likeness.SOUND),
        ("和丽", "贺丽", Likeness.SOUND),
        ("扎西", "央宗", None),
        ("卓玛", "卓", None),
        ("卓玛", "扎西卓", None),
    ],
)
def test_a_name_is_like_another_by_part_or_sound(wanted: str, name: str, found: Likeness | None) -> None:
    assert likeness(wanted, name, RULE) is found


def test_a_character_with_several_readings_is_heard_in_each_and_long_names_stay_cheap() -> None:
    assert {"he li", "huo li"} <= set(spellings("和丽"))
    assert len(spellings("和" * 60)) == 16


async def find(client: Client, **asked: str) -> list[tuple[str, str, str]]:
    """Likeness, name and citizen id of those found."""
    answer = await client.post("/persons/find", {"reference": "window/1"} | asked, 200)
    return [(f["likeness"], f["person"]["name"], f["person"]["citizen_id"]) for f in answer["persons"]]


async def test_a_person_is_found_by_citizen_id_in_ones_own_division_only(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    typed = "５３３４９９ 19800101 0013"
    assert await find(office.clerk, citizen_id=typed) == [("CITIZEN_ID", "测试甲", "533499********0013")]
    neighbour = await office.client("CL", "533422", "clerk")
    assert await find(neighbour, citizen_id=certificates_office.CITIZENS[0]) == []
    nobody = str(UUID(int=0))
    about = ("CL", "CERTIFICATE_SERVICE", "window/1")
    assert await looks(office) == [(*about, person, True), (*about, nobody, False)]
    first = {"reference": "window/1", "citizen_id": "533499800101001"}
    refused = await office.clerk.post("/persons/find", first, 422)
    assert (refused["title"], refused["detail"]) == ("id_length", "这是15位的第一代身份证号，请使用18位身份证号")


async def test_a_person_is_found_by_name_and_candidates_only_near(place: World) -> None:
    office = await certificates_office.opened(place)
    for citizen, name in enumerate(("扎西•次里", "扎西此里", "格茸扎西次里", "央宗")):
        await office.person(citizen, name=name)
    await office.person(4, certificates_office.NEXT_VILLAGE, "扎西次里")
    same = ("SAME_NAME", "扎西次里")
    found = await find(office.clerk, name="扎西 次里")
    assert sorted(hit[:2] for hit in found) == sorted([("SAME_NAME", "扎西·次里"), same])
    near = await find(office.clerk, name="扎西次里", division=certificates_office.VILLAGE)
    assert [hit[:2] for hit in near] == [
        ("SAME_NAME", "扎西·次里"),
        ("PART_OF_NAME", "格茸扎西次里"),
        ("SOUND", "扎西此里"),
    ]
    township = await office.client("XZ", "533401204", "township")
    assert len(await find(township, name="扎西次里")) == 4


async def test_a_search_by_name_is_bounded(place: World) -> None:
    office = await certificates_office.opened(place)
    for citizen in range(11):
        await office.person(citizen, name="卓玛")
    answer = await office.clerk.post("/persons/find", {"reference": "window/1", "name": "卓玛"}, 200)
    assert (len(answer["persons"]), answer["more"]) == (10, True)
    wrong: list[tuple[dict[str, str], int, str]] = [
        ({"name": "卓"}, 422, "name_too_short"),
        ({"name": "卓·"}, 422, "name_too_short"),
        ({}, 422, "one_of_two"),
        ({"name": "卓玛", "citizen_id": certificates_office.CITIZENS[0]}, 422, "one_of_two"),
        ({"name": "卓玛", "division": "533422"}, 403, "foreign_division"),
    ]
    for asked, status, code in wrong:
        assert (await office.clerk.post("/persons/find", {"reference": "window/1"} | asked, status))["title"] == code
    odd = await office.clerk.post("/persons/find", {"reference": "window/1", "name": "卓?"}, 200)
    assert odd["findings"] == ["name_charset"]
    for n in range(6):
        await office.clerk.post(
            "/resolve",
            {"purpose": "CASE_WORK", "reference": "case/1", "person_ids": [str(UUID(int=100 * n + i)) for i in range(31)]},
        )
    assert (await office.clerk.post("/persons/find", {"reference": "window/1", "name": "卓玛"}, 429))["title"] == "too_many_reads"
    assert (await office.village.post("/persons/find", {"reference": "window/1", "name": "卓玛"}, 403))["title"] == "scope_missing"


async def test_what_the_clerk_says_is_compared_with_the_id_and_only_warned_of(place: World) -> None:
    office = await certificates_office.opened(place)
    body = {
        "citizen_id": certificates_office.CITIZENS[0],
        "name": "扎西•顿?",
        "division": certificates_office.VILLAGE,
        "sex": "FEMALE",
        "born": "1980-01-02",
    }
    told = await office.clerk.post("/persons", body, 201)
    assert told["findings"] == ["id_sex_mismatch", "id_birth_mismatch", "name_charset"]
    assert [row["name"] for row in await office.sql("SELECT name FROM person")] == ["扎西·顿?"]
    right = {
        "citizen_id": certificates_office.CITIZENS[1],
        "name": "测试乙",
        "division": certificates_office.VILLAGE,
        "sex": "FEMALE",
        "born": "1990-12-31",
    }
    assert (await office.clerk.post("/persons", right | {"born": "yesterday"}, 422))["title"] == "not_valid"
    assert (await office.clerk.post("/persons", right, 201))["findings"] == []


def test_a_correction_says_which_fields_and_never_what() -> None:
    fields = (Detail.NAME, Detail.PHONE)
    corrected = PersonDetailsCorrected(link_id=LINK, fields=fields, corrected_on=date(2026, 3, 2))
    spec(PERSON, POLICY).given(REGISTERED).when(CorrectDetails(LINK, fields)).then(corrected)


def test_nothing_to_correct_is_no_correction() -> None:
    spec(PERSON, POLICY).given(REGISTERED).when(CorrectDetails(LINK, ())).rejected("nothing_to_correct")


async def test_corrected_details_hold_and_the_earlier_ones_are_kept(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    path = f"/persons/{person}/details"
    told = await office.clerk.post(path, {"name": "测试•乙", "phone": ""})
    assert [event["type"] for event in told["events"]] == ["shouwang.certificates.PersonDetailsCorrected"]
    await office.clerk.post(path, {"address": "一号"})
    for body in ({}, {"name": "测试·乙"}, {"phone": ""}):
        assert (await office.clerk.post(path, body, 409))["title"] == "nothing_to_correct"
    now = await office.sql("SELECT name, phone, address FROM person")
    assert [tuple(row.values()) for row in now] == [("测试·乙", None, "一号")]
    before = await office.sql("SELECT name, phone, address FROM person_detail_history ORDER BY at")
    assert [tuple(row.values()) for row in before] == [("测试甲", "13800000000", None), ("测试·乙", None, None)]
    await office.clerk.post(path, {"name": "测试甲"})
    held = await office.clerk.post(f"/persons/{person}/copy", {"reference": "request/1"}, 200)
    was = [(one["what"], one["was"]) for one in held["earlier"]]
    assert was == [("NAME", "测试甲"), ("PHONE", "13800000000"), ("NAME", "测试·乙")]
    neighbour = await office.client("CL", "533422", "clerk")
    assert (await neighbour.post(path, {"name": "别人"}, 404))["title"] == "person_unknown"
    for row in await office.sql("SELECT data FROM events"):
        assert "测试".encode() not in row["data"]


async def test_a_person_gets_a_copy_of_everything(place: World) -> None:
    office = await certificates_office.opened(place)
    person, certificate = await office.issued()
    guardian = {"name": "测试丙", "relationship": "mother", "citizen_id": certificates_office.CITIZENS[1], "phone": "13900000000"}
    await office.clerk.post(f"/persons/{person}/guardian", guardian)
    await office.clerk.post(f"/persons/{person}/details", {"phone": "13911112222"})
    await office.clerk.post(f"/certificates/{certificate}/notice-given", {"topic": "DATA_USE"})
    await (await office.client("MZ", "533401", "official")).post(
        "/resolve", {"purpose": "CASE_WORK", "reference": "case/1", "person_ids": [person]}
    )
    held = await office.clerk.post(f"/persons/{person}/copy", {"reference": "request/1"}, 200)
    assert held["person"] == {
        "person_id": person,
        "name": "测试甲",
        "citizen_id": certificates_office.CITIZENS[0],
        "phone": "13911112222",
        "address": None,
        "language": None,
        "division": certificates_office.VILLAGE,
        "registered_on": "2026-03-02",
        "died_on": None,
        "phone_confirmed": False,
        "contact_choice": None,
    }
    assert held["earlier"] == [{"what": "PHONE", "was": "13800000000", "until": "2026-03-10"}]
    assert [(g["name"], g["citizen_id"]) for g in held["guardians"]] == [("测试丙", "533499********0024")]
    [card] = held["cards"]
    assert card["numbers"] == [{"number": f"{certificates_office.CITIZENS[0]}42", "since": "2026-03-10", "until": None}]
    assert card["history"][-1]["words"] == "已当面告知个人信息用途"
    assert held["notices"] == [{"on": "2026-03-10", "words": "已当面告知个人信息用途"}]
    assert [(look["agency"], look["purpose"], look["shown"]) for look in held["looks"]] == [
        ("CL", "CERTIFICATE_ISSUE", True),
        ("MZ", "CASE_WORK", True),
        ("CL", "OWN_COPY", True),
    ]
    printed = await page(office.clerk, f"/persons/{person}/copy.html", {"reference": "request/1"})
    for words in (
        certificates_office.CITIZENS[0],
        "测试丙",
        "民政（533401）",
        "帮扶工作",
        "核发残疾人证：肢体残疾二级",
        "13800000000",
    ):
        assert words in printed, words
    assert certificates_office.CITIZENS[1] not in printed


async def test_a_copy_follows_the_person_over_a_county_line(place: World) -> None:
    office = await certificates_office.opened(place)
    person, certificate = await office.issued()
    prefecture = await office.client("CL", "5334", "clerk")
    await prefecture.post(f"/persons/{person}/move", {"to_division": certificates_office.FOREIGN_VILLAGE})
    new = await office.client("CL", "533422", "clerk")
    held = await new.post(f"/persons/{person}/copy", {"reference": "request/2"}, 200)
    assert [card["certificate_id"] for card in held["cards"]] == [certificate]
    assert held["moves"] == [
        {"from_division": certificates_office.VILLAGE, "to_division": certificates_office.FOREIGN_VILLAGE, "on": "2026-03-10"}
    ]
    assert (await office.clerk.post(f"/persons/{person}/copy", {"reference": "request/3"}, 404))["title"] == "person_unknown"
    assert (await looks(office))[-1] == ("CL", "OWN_COPY", "request/3", person, False)


async def test_a_copy_is_given_at_county_and_township_only(place: World) -> None:
    office = await certificates_office.opened(place)
    path = f"/persons/{await office.person()}/copy"
    township = await office.client("XZ", "533401204", "township")
    await township.post(path, {"reference": "request/1"}, 200)
    wrong = await office.client("CL", "5334", "clerk")
    assert (await wrong.post(path, {"reference": "request/1"}, 403))["title"] == "not_your_duty"
    assert (await office.village.post(path, {"reference": "request/1"}, 403))["title"] == "scope_missing"


async def test_each_agency_sees_of_a_person_what_its_row_says(place: World) -> None:
    office = await certificates_office.opened(place)
    question = {"purpose": "CASE_WORK", "reference": "case/1", "person_ids": [await office.person()]}
    masked = "533499********0013"
    seen = {
        ("CL", "533401", "clerk"): ("测试甲", masked, "13800000000"),
        ("CUN", certificates_office.VILLAGE, "liaison"): ("测试甲", "", "13800000000"),
        ("MZ", "533401", "official"): ("测试甲", masked, "138****0000"),
        ("ZJ", "533401", "official"): ("测试甲", masked, None),
    }
    for who, expected in seen.items():
        [shown] = (await (await office.client(*who)).post("/resolve", question))["persons"]
        assert (shown["name"], shown["citizen_id"], shown["phone"]) == expected
