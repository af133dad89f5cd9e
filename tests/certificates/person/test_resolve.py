"""Names are looked up for a purpose, and each agency is shown what its row of the policy says."""

from typing import Any
from uuid import UUID, uuid4

from services.domain.file_number import file_number
from tests.certificates import office as certificates_office
from tests.world import World


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


async def test_a_person_on_a_printed_list_is_looked_up_by_the_number_and_every_look_is_recorded(place: World) -> None:
    office = await certificates_office.opened(place)
    here, there = await office.person(), await office.person(1, certificates_office.NEXT_VILLAGE)
    numbers = [file_number(UUID(person)) for person in (here, there)]
    asked: dict[str, Any] = {"purpose": "CASE_WORK", "reference": "case/1"}
    seen = await office.clerk.post("/resolve", asked | {"file_numbers": [numbers[0].replace("-", " "), *numbers]})
    assert ({p["person_id"] for p in seen["persons"]}, seen["refused"]) == ({here, there}, 0)
    assert {p["file_number"] for p in seen["persons"]} == set(numbers)
    liaison = await office.client("CUN", certificates_office.VILLAGE, "liaison")
    seen = await liaison.post("/resolve", asked | {"file_numbers": [*numbers, file_number(uuid4())], "person_ids": [here]})
    assert ([p["person_id"] for p in seen["persons"]], seen["refused"]) == ([here], 2)
    looks = await office.sql(
        "SELECT actor, count(*) FILTER (WHERE granted), count(*) FROM person_read GROUP BY actor ORDER BY count(*)"
    )
    assert [(granted, every) for _, granted, every in looks] == [(2, 2), (1, 3)]
    assert (await office.clerk.post("/resolve", asked, 422))["title"] == "nobody_asked_for"
    assert (await office.clerk.post("/resolve", asked | {"file_numbers": ["12"]}, 422))["errors"] == [
        {"pointer": "/body/file_numbers/0", "code": "number_mistyped"}
    ]
    assert (await office.clerk.post("/resolve", asked | {"file_numbers": ["\x00"]}, 422))["title"] == "not_valid"
