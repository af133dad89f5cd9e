"""A county whose cards and sheets a test puts in: cards as the register publishes them, sheets through the door."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import UUID, uuid4, uuid5

from deploy.sandbox.sheets import workbook
from services.certificates.certificate.card.events import CertificateIssued, CertificateState
from services.certificates.person.events import PersonIndexState, PersonRegistered
from services.certificates.vocabulary import Category
from services.domain import citizen_id
from services.engine.deliver import Delivery
from services.engine.runtime import Runtime
from services.kernel.events import NAMESPACE, Recorded
from services.matching.intake.work import work
from services.matching.service import SERVICE
from tests.contract.golden import sample
from tests.spec import SEED
from tests.world import SITE_KEY, Client, World, with_loops

COUNTY, OTHER = "533401", "533422"
NEAR, FAR, ELSEWHERE = "533401102001", "533401204203", "533422101001"
DAY = date(2026, 1, 1)
_NAMES = {"LIVING": "困难残疾人生活补贴", "CARE": "重度残疾人护理补贴"}


def person(number: int) -> UUID:
    """The pseudonym of a number."""
    return uuid5(NAMESPACE, f"person {number}")


def citizen(number: int) -> str:
    """A citizen id of nobody."""
    head = f"53349919800101{number:03d}"
    return head + citizen_id.check_digit(head)


class County:
    """See the module. Nothing runs by itself: a test tells when."""

    def __init__(self, place: World) -> None:
        self.place = place
        self.runtime: Runtime
        self.base = ""

    async def open(self) -> Self:
        """The service's database and its doors."""
        self.runtime = await self.place.open(with_loops(SERVICE), pool_size=4)
        self.base = await self.place.serve(self.runtime)
        self.on(DAY)
        return self

    def on(self, day: date) -> None:
        """Ten in the morning, Shanghai."""
        self.place.set_clock(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))

    async def as_(self, agency: str, division: str, *roles: str) -> Client:
        """A client of an office."""
        return await self.place.client(self.base, agency, division, *roles)

    async def holds(
        self, number: int, village: str, grade: int, until: date = date(2030, 1, 1), card: int = 1, **ends: date
    ) -> None:
        """A person has a card; `ends` are cancelled_on, frozen_on, lost_on."""
        state = replace(
            sample(CertificateState),
            person_id=person(number),
            division=village,
            grade=grade,
            valid_from=date(2016, 1, 1),
            valid_to=until,
            **(dict.fromkeys(("cancelled_on", "frozen_on", "lost_on")) | ends),
        )
        index = PersonIndexState(person_id=person(number), key_id=citizen_id.key_id(SITE_KEY))
        states = [
            self._recorded(uuid5(person(number), f"card {card}"), state, village),
            self._recorded(citizen_id.blind_index(SITE_KEY, citizen(number)), index, village),
        ]
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(self.runtime).apply(conn, states)

    async def registers(self, number: int, village: str, grade: int) -> None:
        """The register knows a person, and has issued a card that is valid from 2024 to 2033."""
        who, card = person(number), uuid5(person(number), "issued")
        issued = CertificateIssued(
            person_id=who, category=Category.HEARING, grade=grade, valid_from=date(2024, 1, 1), valid_to=date(2033, 12, 31)
        )
        index = PersonIndexState(person_id=who, key_id=citizen_id.key_id(SITE_KEY))
        told = [
            self._recorded(who, PersonRegistered(birth_month="1980-01", division=village), village),
            self._recorded(citizen_id.blind_index(SITE_KEY, citizen(number)), index, village),
            self._recorded(card, issued, village),
        ]
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(self.runtime).apply(conn, [replace(each, event_id=uuid5(each.stream_id, "told")) for each in told])

    def _recorded(self, stream: UUID, state: Any, village: str) -> Recorded:
        now = self.runtime.clock()
        return Recorded(SEED, stream, 1, "certificates", state, village, "CL:533401:clerk-1", now, now, SEED, None, "v")

    async def listed(self, county: str, as_of: date, *numbers: int) -> None:
        """The county's list of the subsistence allowance."""
        data = workbook(["序号", "户主姓名", "身份证号码"], [["1", "测试", citizen(n)] for n in numbers])
        await self._send(county, data, kind="SUBSISTENCE_ALLOWANCE", as_of=str(as_of), period=f"{as_of:%Y-%m}")

    async def paid(self, county: str, as_of: date, *lines: tuple[int, str]) -> Any:
        """The county's payment sheet of the month of `as_of`: (person, subsidy); the answer."""
        header = ["姓名", "身份证号", "补贴类型", "月标准", "月数", "金额"]
        data = workbook(header, [["测试", citizen(n), _NAMES[subsidy], 90, 1, 90] for n, subsidy in lines])
        return await self._send(county, data, kind="SUBSIDY_PAYMENT", as_of=str(as_of), period=f"{as_of:%Y-%m}")

    async def sent(self, county: str, header: list[str], lines: list[tuple[int, int]], **params: str) -> Any:
        """A payment sheet of the living subsidy, (person, yuan); the answer."""
        data = workbook(header, [["测试", citizen(n), _NAMES["LIVING"], yuan] for n, yuan in lines])
        return await self._send(county, data, kind="SUBSIDY_PAYMENT", **params)

    async def sends(self, county: str, header: list[str], lines: list[list[Any]], **params: str) -> Any:
        """Any list of civil affairs' with these lines; the answer."""
        return await self._send(county, workbook(header, lines), **params)

    async def _send(self, county: str, data: bytes, **params: str) -> Any:
        client = await self.as_("MZ", county, "steward")
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        headers = {"Idempotency-Key": str(uuid4()), "Content-Type": kind}
        async with client.session.post("/rosters", params=params | {"division": county}, data=data, headers=headers) as answer:
            assert answer.status == 202, await answer.text()
            asked = await answer.json()
        return await self.read(client, asked)

    async def read(self, client: Client, asked: Any) -> Any:
        """What came of a file that was sent: the roster, and the report of its rows, after the job was done."""
        while (await client.get(f"/roster-jobs/{asked['job_id']}"))["state"] in ("WAITING", "READING"):
            assert await work(self.runtime)
        job = await client.get(f"/roster-jobs/{asked['job_id']}")
        problems = await client.get(f"/rosters/{asked['roster_id']}/problems")
        return {"id": asked["roster_id"], "job": job, "problems": problems["items"]} | await self._roster(
            client, asked["roster_id"]
        )

    async def _roster(self, client: Client, roster_id: str) -> Any:
        rows = await self.place.sql("matching", "SELECT 1 FROM views.roster WHERE roster_id = $1", UUID(roster_id))
        return await client.get(f"/rosters/{roster_id}") if rows else {}
