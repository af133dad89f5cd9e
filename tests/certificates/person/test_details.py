"""Details of a person: compared with the citizen id, corrected, the earlier ones kept, and never told in an event."""

from datetime import date
from uuid import UUID

from services.certificates.person.decider import PERSON, CorrectDetails
from services.certificates.person.events import PersonDetailsCorrected, PersonRegistered
from services.certificates.policy.load import load_policy
from services.certificates.vocabulary import Detail
from tests.certificates import office as certificates_office
from tests.spec import spec
from tests.world import World

POLICY, LINK = load_policy(), UUID(int=5)


REGISTERED = PersonRegistered(birth_month="1980-01", division=certificates_office.VILLAGE)


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


async def test_a_name_is_cleaned_as_on_a_sheet_and_an_id_with_a_note_is_no_id(place: World) -> None:
    office = await certificates_office.opened(place)
    body = {"citizen_id": certificates_office.CITIZENS[0], "name": "\u200b测\u00a0试‧⻢", "division": certificates_office.VILLAGE}
    noted = await office.clerk.post("/persons", body | {"citizen_id": f"{certificates_office.CITIZENS[0]}（新）"}, 422)
    assert (noted["title"], noted["detail"]) == ("id_with_text", "身份证号前后有其他文字，请只填写号码")
    assert (await office.clerk.post("/persons", body | {"name": "\u200b·"}, 422))["title"] == "name_missing"
    person = await office.clerk.post("/persons", body, 201)
    assert person["findings"] == ["name_charset"]
    assert [row["name"] for row in await office.sql("SELECT name FROM person")] == ["测 试·马"]
    guardian = {"name": "李□", "relationship": "PARENT", "citizen_id": certificates_office.CITIZENS[1]}
    assert (await office.clerk.post(f"/persons/{person['id']}/guardian", guardian))["findings"] == ["name_charset"]


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
