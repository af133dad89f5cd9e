"""应办未办 over the real register: who is on the list as what, who may see it, and what the village is asked to do."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from services.certificates.outreach import tasks
from services.certificates.outreach.queries import Candidate, CandidateState
from services.domain.file_number import file_number
from services.engine.rebuild import Rebuild
from tests.certificates import office as certificates_office
from tests.world import Client, World

YES, NO = {"answer": "WILLING", "way": "HOME_VISIT"}, {"answer": "UNWILLING", "way": "HOME_VISIT"}


async def states(client: Client, **wanted: Any) -> dict[str, str]:
    """Person → state, as this client sees the list."""
    return {c["person_id"]: c["state"] for c in (await client.get("/outreach", **wanted))["items"]}


async def test_whoever_is_registered_and_never_applied_is_not_contacted_yet(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    assert (await office.village.get("/outreach"))["items"] == [
        {
            "person_id": person,
            "division": certificates_office.VILLAGE,
            "state": "NOT_CONTACTED",
            "sources": [],
            "since": "2026-03-02",
            "answered_on": None,
            "again_on": None,
        }
    ]
    await office.application(person)
    assert await states(office.village) == {person: "APPLIED"}


async def test_a_lead_and_an_answer_stand_on_the_list_until_there_is_a_card(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    noted = await office.village.post("/outreach/leads", {"person_id": person, "source": "VISIT"}, 200)
    assert [e["type"] for e in noted["events"]] == ["shouwang.certificates.OutreachLeadNoted"]
    again = await office.village.post("/outreach/leads", {"person_id": person, "source": "VISIT"}, 200)
    assert (again["events"], again["version"]) == ([], 1)
    await office.village.post(f"/outreach/{person}/answer", YES, 200)
    listed = (await office.village.get("/outreach", state="WILLING"))["items"]
    assert [(c["person_id"], c["sources"], c["answered_on"]) for c in listed] == [(person, ["VISIT"], "2026-03-02")]
    certificate = await office.application(person)
    refused = await office.village.post(f"/outreach/{person}/answer", YES, 409)
    assert refused["title"] == "application_open"
    await office.step(certificate, "accept", "order-assessment")
    await office.assessed(certificate)
    await office.step(certificate, "public-notice", "public-notice/post")
    await office.on("2026-03-10")
    await office.step(certificate, "public-notice/close", "issue")
    assert await states(office.village) == {}
    assert await states(office.village, state="HAS_CARD") == {person: "HAS_CARD"}
    nothing = await office.village.post("/outreach/leads", {"person_id": person, "source": "HOUSEHOLD"}, 200)
    assert (nothing["events"], nothing["version"]) == ([], 2)


async def test_whoever_declined_is_not_asked_for_a_year(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    await office.village.post(f"/outreach/{person}/answer", NO, 200)
    assert (await office.village.get("/desk"))["outreach"] == []
    await office.on("2027-03-01")
    assert (await office.village.post(f"/outreach/{person}/answer", YES, 409))["title"] == "asked_too_soon"
    await office.on("2027-03-02")
    assert [t["task"] for t in (await office.village.get("/desk"))["outreach"]] == ["CONTACT"]
    await office.village.post(f"/outreach/{person}/answer", YES, 200)
    assert await states(office.village) == {person: "WILLING"}


async def test_an_ending_takes_a_person_off_the_list_and_a_death_does_so_by_itself(place: World) -> None:
    office = await certificates_office.opened(place)
    ended, dead = await office.person(0), await office.person(1)
    await office.village.post(f"/outreach/{ended}/close", {"reason": "NOT_DISABLED"}, 200)
    await office.clerk.post(f"/persons/{dead}/death", {"died_on": "2026-03-01", "evidence": "certificate"}, 200)
    assert await states(office.clerk) == {}
    assert await states(office.clerk, state="CLOSED") == {ended: "CLOSED"}
    nothing = await office.village.post("/outreach/leads", {"person_id": dead, "source": "VISIT"}, 200)
    assert (nothing["events"], nothing["version"]) == ([], 0)
    assert (await office.village.post(f"/outreach/{dead}/answer", YES, 409))["title"] == "person_dead"
    await office.clerk.post(f"/persons/{dead}/death/correct", {"evidence": "seen"}, 200)
    assert await states(office.clerk) == {dead: "NOT_CONTACTED"}


async def test_who_did_not_meet_the_standard_or_no_longer_wanted_it_rests_for_a_year(place: World) -> None:
    office = await certificates_office.opened(place)
    refused, withdrew = await office.person(0), await office.person(1)
    first, second = await office.application(refused), await office.application(withdrew)
    await office.step(first, "accept", "order-assessment")
    await office.institution.post(f"/certificates/{first}/assessment", {"meets_standard": False})
    await office.clerk.post(f"/certificates/{first}/refuse", {"reason": "standard_not_met"})
    await office.clerk.post(f"/certificates/{second}/withdraw", {})
    assert await states(office.village) == {}
    listed = (await office.village.get("/outreach", state="RESTING"))["items"]
    assert {c["person_id"]: c["again_on"] for c in listed} == dict.fromkeys((refused, withdrew), "2027-03-02")
    assert (await office.village.post(f"/outreach/{refused}/answer", YES, 409))["title"] == "asked_too_soon"
    await office.village.post(f"/outreach/{withdrew}/answer", YES | {"volunteered": True}, 200)
    assert await states(office.village) == {withdrew: "WILLING"}
    await office.on("2027-03-02")
    assert await states(office.village) == {refused: "NOT_CONTACTED", withdrew: "WILLING"}


async def test_a_card_that_may_no_longer_be_renewed_makes_its_holder_a_candidate(place: World) -> None:
    office = await certificates_office.opened(place)
    person, _ = await office.issued()  # until 2036-03-10, to be renewed until 2037-03-10
    await office.on("2037-03-10")
    assert await states(office.village) == {}
    await office.on("2037-03-11")
    assert await states(office.village) == {person: "LAPSED"}
    await office.village.post(f"/outreach/{person}/answer", {"answer": "CANNOT_TRAVEL", "way": "PHONE"}, 200)
    listed = (await office.village.get("/outreach"))["items"]
    assert [(c["state"], c["sources"]) for c in listed] == [("CANNOT_TRAVEL", ["LAPSED_CERTIFICATE"])]


async def test_a_refusal_and_a_card_count_in_the_village_one_moves_to(place: World) -> None:
    office = await certificates_office.opened(place)
    declined = await office.person(1)
    await office.village.post(f"/outreach/{declined}/answer", NO, 200)
    holder, _ = await office.issued()
    for person in (declined, holder):
        await office.clerk.post(f"/persons/{person}/move", {"to_division": certificates_office.FOREIGN_VILLAGE}, 200)
    there = await office.client("CUN", certificates_office.FOREIGN_VILLAGE, "liaison")
    assert await states(there) == {declined: "UNWILLING"}, "the card lies in the old village and counts all the same"
    assert await states(office.village) == {}
    assert (await there.post(f"/outreach/{declined}/answer", YES, 409))["title"] == "asked_too_soon"
    assert (await there.post(f"/outreach/{holder}/answer", YES, 409))["title"] == "certificate_held"
    gone = await office.village.post(f"/outreach/{declined}/answer", YES, 404)
    assert gone["title"] == "person_unknown"


@pytest.mark.parametrize(
    ("agency", "division", "role"),
    [
        ("MZ", "533401", "official"),
        ("JT", "533401", "clerk"),
        ("XZ", "533401204", "township"),
        ("WJ", "533401", "health"),
        ("CGW", "5334", "prefecture"),
        ("MZ", "5334", "clerk"),
    ],
)
async def test_no_other_agency_sees_or_touches_the_list(place: World, agency: str, division: str, role: str) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    other = await office.client(agency, division, role)
    for path in ("/outreach", "/outreach/counts", "/outreach.xlsx"):
        assert (await other.get(path, 403))["title"] in ("outreach_not_yours", "scope_missing")
    body: Any = {"person_id": person, "source": "VISIT"}
    for path, asked in (("leads", body), (f"{person}/answer", YES), (f"{person}/close", {"reason": "DIED"})):
        assert (await other.post(f"/outreach/{path}", asked, 403))["title"] in ("outreach_not_yours", "scope_missing")
    assert await office.sql("SELECT type FROM events WHERE category = 'outreach'") == []


async def test_another_county_and_village_see_nothing_and_the_prefecture_only_reads(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person()
    strangers = [
        await office.client("CL", "533422", "clerk"),
        await office.client("CUN", certificates_office.NEXT_VILLAGE, "liaison"),
    ]
    for stranger in strangers:
        assert (await states(stranger), (await stranger.get("/outreach/counts"))["items"]) == ({}, [])
        assert (await stranger.post(f"/outreach/{person}/answer", YES, 404))["title"] == "person_unknown"
    prefecture = await office.client("CL", "5334", "prefecture")
    assert await states(prefecture) == {person: "NOT_CONTACTED"}
    assert await states(prefecture, division="533422") == {}
    assert (await prefecture.post(f"/outreach/{person}/answer", YES, 403))["title"] == "scope_missing"


async def test_small_counts_are_shown_to_those_who_work_on_the_list(place: World) -> None:
    office = await certificates_office.opened(place)
    persons = [await office.person(n) for n in range(11)]
    await office.village.post(f"/outreach/{persons[0]}/answer", NO, 200)

    def cells(one: int | None) -> list[dict[str, Any]]:
        return [
            {"village": certificates_office.VILLAGE, "state": "NOT_CONTACTED", "count": 10},
            {"village": certificates_office.VILLAGE, "state": "UNWILLING", "count": one},
        ]

    prefecture = await office.client("CL", "5334", "prefecture")
    assert (await office.clerk.get("/outreach/counts"))["items"] == cells(1)
    assert (await prefecture.get("/outreach/counts"))["items"] == cells(None)


async def test_the_sheet_has_pseudonyms_and_days_and_no_name(place: World) -> None:
    office = await certificates_office.opened(place)
    person = await office.person(name="测试秘密")
    await office.village.post(f"/outreach/{person}/answer", NO, 200)
    async with office.clerk.session.get("/outreach.xlsx") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        rows = CalamineWorkbook.from_filelike(BytesIO(await answer.read())).get_sheet_by_index(0).to_python()
    day = date(2026, 3, 2)
    assert rows[4] == [
        file_number(UUID(person)),
        "尼西乡",
        certificates_office.VILLAGE,
        "不愿办理",
        "已登记未申请",
        day,
        day,
        date(2027, 3, 2),
    ]
    assert "测试秘密" not in str(rows)


async def test_the_list_is_read_page_by_page(place: World) -> None:
    office = await certificates_office.opened(place)
    expected = sorted([await office.person(n) for n in range(5)])
    first = await office.clerk.get("/outreach", limit=3)
    second = await office.clerk.get("/outreach", limit=3, after=first["cursor"])
    assert [c["person_id"] for c in (*first["items"], *second["items"])] == expected
    assert (first["more"], second["more"]) == (True, False)


async def test_the_village_asks_its_people_and_the_township_those_without_a_village(place: World) -> None:
    office = await certificates_office.opened(place)
    here, nowhere = await office.person(0), await office.person(1, "533401204000")
    township = await office.client("CL", "533401204", "township")
    assert [t["person_id"] for t in (await office.village.get("/desk"))["outreach"]] == [here]
    assert [t["person_id"] for t in (await township.get("/desk"))["outreach"]] == [nowhere]
    assert (await office.clerk.get("/desk"))["outreach"] == []
    await office.village.post(f"/outreach/{here}/answer", {"answer": "CANNOT_TRAVEL", "way": "HOME_VISIT"}, 200)
    assert [t["task"] for t in (await office.village.get("/desk"))["outreach"]] == ["SUGGEST_HOME_ASSESSMENT"]
    await office.application(here)
    assert (await office.village.get("/desk"))["outreach"] == []


async def test_after_a_rebuild_the_list_is_the_same(place: World) -> None:
    office = await certificates_office.opened(place)
    declined, (applicant, _) = await office.person(1), await office.issued()
    await office.village.post(f"/outreach/{declined}/answer", NO, 200)
    await office.village.post(f"/outreach/{declined}/answer", YES | {"volunteered": True}, 200)
    for table in ("outreach", "certificate_view"):
        assert await Rebuild(office.runtime, table, place.database["certificates"]["rebuild"]).run() == 1
    assert await states(office.village) == {declined: "WILLING"}
    assert (await office.village.post(f"/outreach/{applicant}/answer", YES, 409))["title"] == "certificate_held"


def listed(n: int, state: CandidateState, again_on: date | None = None) -> Candidate:
    """A person on the list."""
    return Candidate(UUID(int=n), certificates_office.VILLAGE, state, (), date(2026, 3, n), None, again_on)


def test_who_is_not_to_be_asked_yet_or_has_applied_is_nobodys_task() -> None:
    today = date(2026, 6, 1)
    S = CandidateState
    some = [
        listed(1, S.UNWILLING, date(2026, 6, 2)),
        listed(2, S.UNWILLING, today),
        listed(3, S.NOT_MET, date(2026, 5, 1)),
        listed(4, S.WILLING),
        listed(5, S.APPLIED),
        listed(6, S.RESTING, date(2026, 5, 1)),
        listed(7, S.LAPSED),
    ]
    found = [(t.person_id.int, t.task, t.since) for t in tasks.tasks(some, certificates_office.VILLAGE, today)]
    assert found == [
        (4, "HELP_APPLY", date(2026, 3, 4)),
        (7, "CONTACT", date(2026, 3, 7)),
        (3, "CONTACT", date(2026, 5, 1)),
        (2, "CONTACT", today),
    ]
