"""A person gets a copy of everything that is held of him, wherever he moved to, from the offices that may give it."""

from tests.certificates import office as certificates_office
from tests.certificates.office import page
from tests.world import World


async def well_known(office: certificates_office.Office) -> str:
    """A person with a card, a guardian, another phone than before, a notice that was explained, and somebody's look."""
    person, certificate = await office.issued()
    guardian = {"name": "测试丙", "relationship": "mother", "citizen_id": certificates_office.CITIZENS[1], "phone": "13900000000"}
    await office.clerk.post(f"/persons/{person}/guardian", guardian)
    await office.clerk.post(f"/persons/{person}/details", {"phone": "13911112222"})
    await office.clerk.post(f"/certificates/{certificate}/notice-given", {"topic": "DATA_USE"})
    await (await office.client("MZ", "533401", "official")).post(
        "/resolve", {"purpose": "CASE_WORK", "reference": "case/1", "person_ids": [person]}
    )
    return person


async def test_a_person_gets_a_copy_of_everything(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await well_known(office)
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


async def test_the_copy_on_paper_is_in_words_and_masks_the_guardian(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await well_known(office)
    printed = await page(office.clerk, f"/persons/{person}/copy.html", {"reference": "request/1"})
    for words in (
        certificates_office.CITIZENS[0],
        "测试丙",
        "香格里拉市民政局",
        "母亲",
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
    assert (await office.looks())[-1] == ("CL", "OWN_COPY", "request/3", person, False)


async def test_a_copy_is_given_at_county_and_township_only(place: World) -> None:
    office = await certificates_office.opened(place)
    path = f"/persons/{await office.person()}/copy"
    township = await office.client("XZ", "533401204", "township")
    await township.post(path, {"reference": "request/1"}, 200)
    wrong = await office.client("CL", "5334", "clerk")
    assert (await wrong.post(path, {"reference": "request/1"}, 403))["title"] == "not_your_duty"
    assert (await office.village.post(path, {"reference": "request/1"}, 403))["title"] == "scope_missing"
