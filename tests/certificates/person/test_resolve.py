"""Names are looked up for a purpose, and each agency is shown what its row of the policy says."""

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
