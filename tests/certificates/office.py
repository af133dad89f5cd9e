"""The register served over a real database, with clients for its offices, and the usual way to an issued certificate."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from services.certificates.service import SERVICE
from services.engine.runtime import Runtime
from services.engine.schedule import run_due
from tests.world import Client, World

VILLAGE, NEXT_VILLAGE, FOREIGN_VILLAGE = "533401204001", "533401204002", "533422101001"
# Synthetic: division 533499 is assigned to nobody; the check digits are right (domain reference, 8.1).
CITIZENS = (
    "533499198001010013",
    "533499199012310024",
    "533499196507150030",
    "533499198505050043",
    "533499197203180059",
    "533499195509090065",
    "533499200102280071",
    "533499198811160080",
    "533499199307040092",
    "53349919760812010X",
    "533499196904200118",
    "533499198410010137",
)


@dataclass
class Office:
    """See the module."""

    place: World
    runtime: Runtime
    base: str
    clerk: Client
    institution: Client
    village: Client

    async def on(self, day: str) -> int:
        """Let it be ten in the morning of that day, and everything due be done; how many rows were due."""
        self.place.set_clock(datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=ZoneInfo("Asia/Shanghai")))
        return await run_due(self.runtime)

    async def person(self, citizen: int = 0, village: str = VILLAGE, name: str = "测试甲") -> str:
        """A registered person's id."""
        body = {"citizen_id": CITIZENS[citizen], "name": name, "division": village, "phone": "13800000000"}
        return str((await self.clerk.post("/persons", body, 201))["id"])

    async def application(self, person: str) -> str:
        """An application's id."""
        return str((await self.clerk.post("/applications", {"person_id": person, "channel": "WINDOW"}, 201))["id"])

    async def step(self, certificate: str, *steps: str) -> None:
        """Take the usual steps, each by the office whose duty it is and with its usual body."""
        bodies = {"order-assessment": {"institution": "H01"}, "public-notice/close": {"objections": 0}}
        for step in steps:
            office = self.village if step in ("public-notice/post", "public-notice/close") else self.clerk
            await office.post(f"/certificates/{certificate}/{step}", bodies.get(step))

    async def assessed(self, certificate: str) -> None:
        """The institution's conclusion: physical, grade 2."""
        body = {"meets_standard": True, "category": "PHYSICAL", "grade": 2}
        await self.institution.post(f"/certificates/{certificate}/assessment", body)

    async def issued(self, citizen: int = 0, name: str = "测试甲") -> tuple[str, str]:
        """Person and certificate, applied for on 2026-03-02 and issued on 2026-03-10."""
        await self.on("2026-03-02")
        person = await self.person(citizen, name=name)
        certificate = await self.application(person)
        await self.step(certificate, "accept", "order-assessment")
        await self.assessed(certificate)
        await self.step(certificate, "public-notice", "public-notice/post")
        await self.on("2026-03-10")
        await self.step(certificate, "public-notice/close", "issue")
        return person, certificate

    async def sql(self, query: str, *args: Any) -> list[Any]:
        """Rows as the superuser sees them."""
        return await self.place.sql("certificates", query, *args)

    async def due(self) -> dict[str, str]:
        """What is due when, by kind."""
        return {r["kind"]: str(r["due_on"]) for r in await self.sql("SELECT kind, due_on FROM views.due")}

    async def looks(self) -> list[tuple[Any, ...]]:
        """Who looked for what, at whom, and whether it was shown."""
        rows = await self.sql("SELECT agency, purpose, reference, person_id::text AS who, granted FROM person_read ORDER BY id")
        return [tuple(row.values()) for row in rows]

    async def client(self, agency: str, division: str, *roles: str) -> Client:
        """A client of another office."""
        return await self.place.client(self.base, agency, division, *roles)


async def opened(place: World) -> Office:
    """An office of 香格里拉市 on 2 March 2026."""
    runtime = await place.open(SERVICE)
    base = await place.serve(runtime)
    clerk = await place.client(base, "CL", "533401", "clerk")
    institution = await place.client(base, "H01", "533401", "institution")
    office = Office(place, runtime, base, clerk, institution, await place.client(base, "CUN", VILLAGE, "liaison"))
    await office.on("2026-03-02")
    return office


async def page(client: Client, path: str, body: Any = None, key: str = "") -> str:
    """A page, which must be one that nothing keeps and that can run nothing."""
    async with client.session.post(path, json=body or {}, headers={"Idempotency-Key": key or str(uuid4())}) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        return await answer.text()
