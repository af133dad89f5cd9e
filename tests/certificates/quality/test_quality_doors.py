"""The doors of quality: each office reads its own division, as data, sheet and picture, and the read model can be made anew."""

from datetime import date
from io import BytesIO
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

from services.certificates.quality.projection import COURSE
from services.engine.rebuild import Rebuild
from tests.certificates import office as certificates_office
from tests.world import World, contents


async def test_each_office_reads_the_quality_of_its_own_division(place: World) -> None:
    office = await certificates_office.opened(place)
    await office.issued()
    asked = "since=2026-01-01&until=2026-12-31"
    mine = await office.clerk.get(f"/quality?{asked}")
    accept = next(f for f in mine["counties"][0]["stages"] if f["stage"] == "ACCEPT")
    assert (accept["cases"], accept["within"], mine["smallest_cell"]) == (1, {"count": 1, "of": 1}, 0)
    assert [i["institution"] for i in mine["institutions"]] == ["H01"]
    health = await office.client("WJ", "5334", "health")
    all_ = await health.get(f"/quality?{asked}")
    assert ([c["place"] for c in all_["counties"]], all_["smallest_cell"]) == (["533401", "533422", "533423"], 10)
    assert all_["counties"][0]["stages"][1]["cases"] is None
    judge = await office.client("CL", "5334", "prefecture")
    assert (await judge.get(f"/quality?{asked}"))["total"]["stages"][1]["cases"] == 1
    there = await office.client("CL", "533422", "clerk")
    assert (await there.get(f"/quality?{asked}"))["total"]["stages"][1]["cases"] == 0
    assert (await there.get(f"/quality?{asked}&division=533401", 403))["title"] == "foreign_division"
    assert (await office.institution.get(f"/quality?{asked}", 403))["title"] == "scope_missing"
    for path in ("quality", "quality.xlsx", "quality.svg"):
        wrong = await office.clerk.get(f"/{path}?since=2026-02-01&until=2026-01-01", 422)
        assert wrong["title"] == "period_backwards"
    assert (await office.clerk.get("/quality?since=2026-04-01&until=2026-12-31", 422))["title"] == "period_not_begun"
    assert (await health.get(f"/quality?{asked}&division={certificates_office.VILLAGE}", 422))["title"] == "division_too_narrow"


async def test_sheet_and_picture_come_as_files(place: World) -> None:
    office = await certificates_office.opened(place)
    asked = {"since": "2026-01-01", "until": "2026-12-31"}
    async with office.clerk.session.get("/quality.xlsx", params=asked) as answer:
        book = CalamineWorkbook.from_filelike(BytesIO(await answer.read()))
        assert (answer.status, answer.headers["Cache-Control"], book.sheet_names[0]) == (200, "no-store", "县（市）")
    async with office.clerk.session.get("/quality.svg", params=asked | {"by": "township"}) as answer:
        assert (answer.status, answer.content_type) == (200, "image/svg+xml")
        ElementTree.fromstring(await answer.text())


async def test_the_courses_can_be_rebuilt_and_a_period_is_read_by_an_index(place: World) -> None:
    office = await certificates_office.opened(place)
    await office.issued()
    async with office.runtime.pool.acquire() as conn:
        before = await contents(conn, COURSE)
    assert await Rebuild(office.runtime, "course", place.database["certificates"]["rebuild"]).run() == 1
    async with office.runtime.pool.acquire() as conn:
        assert await contents(conn, COURSE) == before
        async with conn.transaction():
            await conn.execute("SET LOCAL enable_seqscan = off")
            touched = "SELECT * FROM views.course WHERE first_on <= $1 AND (last_on >= $1 OR waits)"
            plan = await conn.fetch(f"EXPLAIN {touched}", date(2026, 3, 2))
    assert any("BitmapOr" in line["QUERY PLAN"] for line in plan)
