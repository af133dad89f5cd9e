"""A county in a real database: what other services tell is delivered, rosters are there as the intake keeps them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import duckdb

from services.certificates.certificate.card.events import CertificateIssued
from services.certificates.person.events import PersonIndexState, PersonRegistered
from services.certificates.vocabulary import Category
from services.domain.months import last_day
from services.engine.deliver import Delivery
from services.engine.runtime import Runtime
from services.kernel.events import NAMESPACE, Recorded
from services.kernel.projection import turned
from services.matching.county_facts.likeness import KEPT
from services.matching.county_facts.opened import County
from services.matching.county_facts.snapshot import take
from services.matching.county_facts.tables import tables
from services.matching.policy.load import MatchingPolicy
from services.matching.policy.rosters import Period
from services.matching.roster.projection import ROSTERS, RosterRow
from services.matching.service import SERVICE
from services.matching.vocabulary import RosterKind, RosterState
from tests.matching.samples import VILLAGE, told
from tests.world import World, with_loops

COUNTY = VILLAGE[:6]
LONG = date(2033, 12, 31)


def index_of(person: UUID) -> UUID:
    """The keyed hash of the person's citizen id."""
    return uuid5(NAMESPACE, f"index {person}")


def card_of(person: UUID) -> UUID:
    """The person's certificate."""
    return uuid5(NAMESPACE, f"card {person}")


def indexed(person: UUID) -> PersonIndexState:
    """What the register publishes of the person's citizen id, name and birth."""
    name, born = uuid5(NAMESPACE, f"name {person}"), uuid5(NAMESPACE, f"born {person}")
    return PersonIndexState(person_id=person, key_id="k", name_feature=name, sound_features=(name, born), born_feature=born)


class Database:
    """See the module."""

    def __init__(self, place: World) -> None:
        self.place = place
        self.runtime: Runtime
        self.versions: dict[UUID, int] = {}

    @property
    def policy(self) -> MatchingPolicy:
        """The service's rows."""
        rows: MatchingPolicy = SERVICE.policy
        return rows

    async def open(self) -> "Database":
        """The service's database, empty."""
        self.runtime = await self.place.open(with_loops(SERVICE), pool_size=4)
        return self

    def told(self, stream: UUID, event: Any, division: str = VILLAGE, on: date = date(2026, 1, 5)) -> Recorded:
        """The next event of a stream."""
        self.versions[stream] = version = self.versions.get(stream, 0) + 1
        return replace(told(event, version, stream, division, on), event_id=uuid5(stream, str(version)))

    async def deliver(self, *events: Recorded) -> None:
        """What a worker does with them."""
        async with self.runtime.pool.acquire() as conn, conn.transaction():
            await Delivery(self.runtime).apply(conn, list(events))

    def registered(
        self, person: UUID, division: str = VILLAGE, grade: int | None = 3, since: date = date(2024, 1, 1)
    ) -> list[Recorded]:
        """A person whom the register knows, with a card of a hearing disability where a grade is given."""
        events = [
            self.told(person, PersonRegistered(birth_month="1980-01", division=division), division),
            self.told(index_of(person), indexed(person), division),
        ]
        if grade:
            card = CertificateIssued(person_id=person, category=Category.HEARING, grade=grade, valid_from=since, valid_to=LONG)
            events.append(self.told(card_of(person), card, division))
        return events

    async def sent(self, kind: RosterKind, month: str, rows: Sequence[Mapping[str, Any]], **changed: Any) -> UUID:
        """A roster of a month, received two days after its last day; each row names its `person`, or the `index` of somebody unknown."""
        roster = self.policy.rosters.one(kind, last_day(month), COUNTY)
        period = {Period.MONTH: month, Period.YEAR: month[:4], Period.DAY: None}[roster.period]
        came = datetime.combine(last_day(month), datetime.min.time(), UTC)
        head = RosterRow(
            roster_id=uuid5(NAMESPACE, f"{kind} {month} {changed}"),
            division=COUNTY,
            kind=kind,
            as_of=last_day(month),
            period=period,
            state=RosterState.RECEIVED,
            why=None,
            sent_by=roster.senders[0],
            rows=len(rows),
            linked=len(rows),
            rejected=0,
            identified=len(rows),
            cells=0,
            empty_cells=0,
            usual_rows=None,
            received_at=came,
            received_on=last_day(month),
            version=1,
        )
        head = replace(head, **changed)
        await self.stored(head, self._content(kind, rows))
        return head.roster_id

    async def stored(self, head: RosterRow, content: bytes) -> None:
        """A roster and what is kept of its rows, a Parquet file."""
        async with self.runtime.pool.acquire() as conn:
            await conn.execute(ROSTERS.upsert, *turned([ROSTERS.to_record(head)]))
            await conn.execute(
                "INSERT INTO roster_content (roster_id, division, kind, rows, content) VALUES ($1, $2, $3, $4, $5)",
                head.roster_id,
                head.division,
                head.kind,
                head.rows,
                content,
            )

    def _content(self, kind: RosterKind, rows: Sequence[Mapping[str, Any]]) -> bytes:
        kept = (
            {"row": "BIGINT", "index": "UUID"}
            | {name: of for name, of in tables(self.policy.rosters)[kind.lower()].items() if name not in ("roster_id", "row")}
            | KEPT
        )
        file = self.place.folder / "content.parquet"
        with duckdb.connect() as engine:
            engine.execute(
                f"CREATE TABLE kept ({', '.join(f'{name!r} {of}'.replace(chr(39), chr(34)) for name, of in kept.items())})"
            )
            for number, row in enumerate(rows, 1):
                index = index_of(row["person"]) if "person" in row else row.get("index")
                values = {"row": number, "index": index} | {name: value for name, value in row.items() if name != "person"}
                engine.execute(f"INSERT INTO kept VALUES ({', '.join('?' * len(kept))})", [values.get(name) for name in kept])
            engine.execute(f"COPY kept TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
        return file.read_bytes()

    @contextmanager
    def county(self) -> Iterator[County]:
        """A county to be filled."""
        folder = self.place.folder / "county"
        folder.mkdir(exist_ok=True)
        with County(folder, tables(self.policy.rosters)) as made:
            yield made
            assert list(folder.iterdir()) == [], "files were left behind"

    async def take(self, county: County, months: Sequence[str], today: date, division: str = COUNTY) -> None:
        """Fill it from the database."""
        async with self.runtime.pool.acquire() as conn:
            await take(conn, county, division, months, today, self.policy)
