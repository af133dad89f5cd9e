"""Month after month over the real doors: a payment sheet with a citizen id that a spreadsheet made a number, whom that may mean, what an
official says of it, and what the next comparison makes of that."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import uuid5

import pytest

from services.certificates.person.events import PersonIndexState, PersonRegistered
from services.domain.citizen_id import blind_index, key_id
from services.domain.likeness.features import of_person
from services.engine.deliver import Delivery
from services.engine.rebuild import Rebuild
from services.matching.comparison.loop import changed
from services.matching.comparison.rules import load_rulebook
from services.matching.comparison.run import compare
from services.matching.link.projection import LINKS
from tests.matching.county import COUNTY, ELSEWHERE, FAR, NEAR, OTHER, County, citizen, person
from tests.matching.samples import told
from tests.world import SITE_KEY, Client, World, contents

MARCH, APRIL = date(2026, 3, 31), date(2026, 4, 30)
MEANT, NAMESAKE, STRANGER = 11, 12, 13
NAMES = {MEANT: "次仁央宗", NAMESAKE: "次仁央宗", STRANGER: "和志明"}
VILLAGES = {MEANT: NEAR, NAMESAKE: FAR, STRANGER: ELSEWHERE}
HEADER = ["姓名", "身份证号", "乡镇", "补贴类型", "金额"]


class Desk:
    """A county with three persons in the register, and what its offices do."""

    def __init__(self, county: County) -> None:
        self.county = county
        rules = load_rulebook(county.runtime.service.policy.rosters)
        self.rules = replace(rules, rows=rules.rows[:1])  # what a link does, it does to what all rules ask

    async def register(self) -> None:
        """What the register tells of them."""
        events = []
        for number, name in NAMES.items():
            features = asdict(of_person(SITE_KEY, name, citizen(number)))
            index = PersonIndexState(
                person_id=person(number),
                key_id=key_id(SITE_KEY),
                name_feature=features["name"],
                sound_features=features["sounds"],
                born_feature=features["born"],
                sequence_feature=features["sequence"],
                male=features["male"],
            )
            village = VILLAGES[number]
            registered = PersonRegistered(birth_month="1980-01", division=village)
            events += [
                told(registered, stream=person(number), division=village, on=MARCH.replace(day=1)),
                told(index, stream=blind_index(SITE_KEY, citizen(number)), division=village, on=MARCH.replace(day=1)),
            ]
        async with self.county.runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(self.county.runtime).apply(
                conn, [replace(each, event_id=uuid5(each.stream_id, "told"), service="certificates") for each in events]
            )

    async def paid(self, month_end: date) -> None:
        """The sheet of a month arrives, with one row whose id is a number."""
        broken = float(citizen(MEANT)[:17] + "0")
        lines = [["此里央宗", broken, "小中甸镇", "困难残疾人生活补贴", 100], *others()]
        made = await self.county.sends(
            COUNTY, HEADER, lines, kind="SUBSIDY_PAYMENT", as_of=str(month_end), period=f"{month_end:%Y-%m}"
        )
        assert made["job"]["state"] == "RECEIVED"
        assert {"row": 3, "code": "id_not_text", "rejected": True} in made["problems"]

    async def compare(self) -> None:
        """The county is compared."""
        assert await compare(self.county.runtime, self.rules, COUNTY) is not None
        assert not await self.waits()

    async def waits(self) -> bool:
        """Whether the county is to be compared."""
        return COUNTY in {each.division for each in await changed(self.county.runtime, self.rules)}

    async def office(self, agency: str, division: str = COUNTY, role: str = "official") -> Client:
        """An official of an agency."""
        return await self.county.as_(agency, division, role)

    async def paid_months(self, number: int) -> list[tuple[str, float]]:
        """What is known to be paid to a person."""
        civil = await self.office("MZ")
        rows = (await civil.get("/payments", person_id=str(person(number))))["items"]
        return [(row["month"], float(row["amount"])) for row in rows]


def others() -> list[list[Any]]:
    """Enough sound rows that one bad one is let in."""
    return [["测试", citizen(number), "小中甸镇", "困难残疾人生活补贴", 100] for number in range(100, 120)]


@pytest.fixture
async def desk(place: World) -> Desk:
    """The sheet of March is there, and compared."""
    made = Desk(await County(place).open())
    made.county.on(date(2026, 4, 1))
    await made.register()
    await made.paid(MARCH)
    await made.compare()
    return made


async def only(client: Client, **asked: str) -> Any:
    """The one row of the list."""
    (row,) = await rows(client, **asked)
    return row


async def rows(client: Client, **asked: str) -> list[Any]:
    """The list."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    found: list[Any] = (await client.get(f"/unidentified?{query}"))["items"]
    return found


def candidates(row: Any) -> list[str]:
    """Who may be meant."""
    return [each["person_id"] for each in row["candidates"]]


async def test_who_is_meant_is_decided_by_an_official_and_holds_until_it_is_taken_back(desk: Desk) -> None:
    row = await only(await desk.office("CL"))
    _says_what_agrees(row)
    assert await desk.paid_months(MEANT) == []
    await _nobody_else_decides(desk, row)
    await _linked_it_holds_for_later_months(desk, row)
    await _taken_back_what_followed_ends(desk, row)
    await _none_of_these_is_remembered(desk, row)


def _says_what_agrees(row: Any) -> None:
    assert (row["state"], row["division"], row["birth_month"], row["male"]) == ("OPEN", f"{NEAR[:9]}000", "1980-01", None)
    assert [(each["kind"], each["rows"], each["sent_by"]) for each in row["lists"]] == [("SUBSIDY_PAYMENT", [3], "MZ")]
    assert candidates(row) == [str(person(MEANT)), str(person(NAMESAKE))]
    likeliest = {each["field"]: (each["level"], float(each["weight"]) > 0) for each in row["candidates"][0]["fields"]}
    assert likeliest["NAME"] == ("SAME", False)  # everybody here bears this name
    assert likeliest["BIRTH"] == ("DAY", True)
    assert likeliest["PLACE"] == ("TOWNSHIP", True)
    assert likeliest["SEX"] == (None, False)


async def _nobody_else_decides(desk: Desk, row: Any) -> None:
    path = f"/unidentified/{row['link_id']}/link"
    to_meant = {"shown": row["shown"], "evidence": "OWN_FILE", "person_id": str(person(MEANT))}
    for agency, division, role, status in (
        ("CL", COUNTY, "clerk", 403),
        ("CL", "5334", "official", 403),
        ("JT", COUNTY, "official", 404),
        ("CL", OTHER, "official", 404),
    ):
        await (await desk.office(agency, division, role)).post(path, to_meant, status)
    for agency, division in (("JT", COUNTY), ("CL", OTHER)):
        assert await rows(await desk.office(agency, division)) == []
    federation = await desk.office("CL")
    await federation.post(path, to_meant | {"person_id": str(person(STRANGER))}, 422)
    refused = await federation.post(path, to_meant | {"shown": "0" * 32}, 409)
    assert refused["type"] == "urn:shouwang:problem:facts_have_changed"


async def _linked_it_holds_for_later_months(desk: Desk, row: Any) -> None:
    path, civil = f"/unidentified/{row['link_id']}", await desk.office("MZ")
    assert await civil.get(path) == row
    to_meant = {"shown": row["shown"], "evidence": "OWN_FILE", "person_id": str(person(MEANT))}
    await civil.post(f"{path}/link", to_meant, 200)
    linked = await civil.get(path)
    assert (linked["state"], linked["person_id"], linked["evidence"]) == ("LINKED", str(person(MEANT)), "OWN_FILE")
    assert linked["decided_by"].startswith(f"MZ:{COUNTY}:")
    assert await desk.waits()
    desk.county.on(date(2026, 5, 1))
    await desk.paid(APRIL)
    await desk.compare()
    assert await desk.paid_months(MEANT) == [("2026-03", 100.0), ("2026-04", 100.0)]
    assert (await only(civil))["state"] == "LINKED"


async def _taken_back_what_followed_ends(desk: Desk, row: Any) -> None:
    federation = await desk.office("CL")
    await federation.post(f"/unidentified/{row['link_id']}/unlink", {"reason": "WRONG_PERSON"}, 200)
    assert (await only(federation))["refused"] == [str(person(MEANT))]
    await desk.compare()
    assert await desk.paid_months(MEANT) == []
    left = await only(federation, state="OPEN", kind="SUBSIDY_PAYMENT", division=NEAR[:9])
    assert candidates(left) == [str(person(NAMESAKE))]
    assert [each["rows"] for each in left["lists"]] == [[3], [3]]


async def _none_of_these_is_remembered(desk: Desk, row: Any) -> None:
    federation, path = await desk.office("CL"), f"/unidentified/{row['link_id']}"
    left = await only(federation)
    await federation.post(f"{path}/refuse", {"shown": left["shown"], "reason": "NOT_REGISTERED"}, 200)
    await desk.compare()
    refused = await only(federation)
    assert (refused["state"], set(refused["refused"])) == ("REFUSED", {str(person(MEANT)), str(person(NAMESAKE))})
    for nowhere in ({"state": "OPEN"}, {"division": FAR[:9]}, {"kind": "SCHOOL_ROLL"}):
        assert await rows(federation, **nowhere) == []
    await federation.post(f"{path}/withdraw-refusal", {"persons": [str(person(MEANT))]}, 200)
    await desk.compare()
    assert candidates(await only(federation, state="OPEN")) == [str(person(MEANT))]
    runtime = desk.county.runtime
    async with runtime.pool.acquire() as conn:
        before = await contents(conn, LINKS)
        await Rebuild(runtime, "link", runtime.settings.rebuild_url.get_secret_value()).run()
        assert await contents(conn, LINKS) == before
