"""All comparisons of one month for a county of 18,000 holders among 75,000 persons: from staged rosters to what is found.

The county is the sandbox's; its files are read by the intake's own process, and the register tells of its persons and cards. The baseline
does the same in plain Python: it fetches every row, and asks each rule of each person by dictionaries (`deploy/sandbox/county/reference`).
"""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid5

import asyncpg
import duckdb
import structlog

from deploy.sandbox.county.key import READ
from deploy.sandbox.county.lists import County as SandboxCounty
from deploy.sandbox.county.reference.rules import RULES
from deploy.sandbox.county.reference.view import Month, Register, View, ledger
from deploy.sandbox.county.world import COUNTY, Household
from deploy.sandbox.county.writing import Order, county, written
from services.certificates.certificate.card.events import CertificateIssued
from services.certificates.person.events import PersonDied, PersonIndexState, PersonRegistered
from services.certificates.vocabulary import Category
from services.domain.citizen_id import blind_index, key_id
from services.domain.months import last_day
from services.engine.settings import Settings
from services.kernel.events import NAMESPACE, Recorded
from services.matching.comparison.derive import derive
from services.matching.comparison.rules import load_rulebook, load_rules
from services.matching.comparison.run import compare
from services.matching.county_facts.opened import County
from services.matching.county_facts.snapshot import take
from services.matching.county_facts.sources import CONTENT, PERSON_INDEX
from services.matching.county_facts.tables import tables
from services.matching.intake.reading import CONTENT as FILE
from services.matching.intake.reading import Usable, read
from services.matching.intake.sent import Sent
from services.matching.policy.load import load_policy
from services.matching.policy.rosters import Period
from services.matching.roster.projection import RosterRow
from services.matching.service import SERVICE
from services.matching.vocabulary import RosterKind, RosterState
from services.monitoring.household.events import HouseholdRegistered
from services.shell.process import opened
from tests.bench.figures import Figure, in_a_process, megabytes
from tests.matching.county_facts.database import Database, card_of
from tests.world import SITE_KEY, World

HOUSEHOLDS, MONTH, TIMES = 20_000, "2026-03", 10
TODAY = date(2026, 4, 1)
_ALL_ROWS = {"shouwang.division": "*", "shouwang.agency": "*"}
_CATEGORIES = ("", *(category for category in Category if category is not Category.UNKNOWN))
_BATCH = 2000


async def comparing(world: World) -> list[Figure]:
    """Time and memory of the month, against row by row; and of ten times as many persons."""
    order = Order(seed=7, households=HOUSEHOLDS, months=1, first=MONTH, faults=0.0)
    database = await Database(world).open()
    await asyncio.to_thread(written, order, world.folder / "sent")
    await _staged(database, world.folder / "sent" / MONTH)
    world.set_clock(datetime(TODAY.year, TODAY.month, TODAY.day, 2, tzinfo=UTC))
    sandbox, _ = await asyncio.to_thread(county, order)
    await _told(database, sandbox.world.households)
    await database.runtime.pool.execute("ANALYZE")
    theirs, expected = await _row_by_row(database, sandbox)
    url = database.runtime.settings.database_url.get_secret_value()
    ours, megabytes, found = await in_a_process(_done, _compare, url)
    _agree(found, expected)
    whole, whole_megabytes = await in_a_process(_done, _run, database.place.settings(SERVICE.name))
    await _multiplied(database)
    ten, ten_megabytes, _ = await in_a_process(_done, _compare, url)
    what = "all comparisons of a month, 18,000 holders"
    return [
        Figure(f"{what}, against row by row", round(1 / ours, 2), "1/s", round(1 / theirs, 2), round(theirs / ours, 2), 10),
        Figure(what, round(ours, 1), "s", None, None, 60, True),
        Figure(f"{what}, memory", round(megabytes), "MB", None, None, 1000, True),
        Figure(f"{what}, payments and standings, to stored events", round(whole, 1), "s", None, None, 60, True),
        Figure(f"{what}, to stored events, memory", round(whole_megabytes), "MB", None, None, 1000, True),
        Figure(f"{what}, ten times as many: times as long", round(ten / ours, 1), "", None, None, TIMES, True),
        Figure(f"{what}, ten times as many: memory", round(ten_megabytes), "MB", None, None, 1500, True),
    ]


async def _staged(database: Database, folder: Path) -> None:
    """Every file of the month, read and kept as the intake does."""
    for file in sorted(folder.iterdir()):
        *kind, agency, day = file.stem.split("_")
        roster = database.policy.rosters.one("_".join(kind), TODAY, COUNTY)
        period = {Period.MONTH: MONTH, Period.YEAR: MONTH[:4], Period.DAY: None}[roster.period]
        data = file.read_bytes()
        sent = Sent(RosterKind("_".join(kind)), COUNTY, date.fromisoformat(day), period, agency, file.name, len(data))
        with TemporaryDirectory() as scratch:
            usable = await read(data, sent, database.policy, SITE_KEY, TODAY, Path(scratch), lambda _: None)
            if isinstance(usable, Usable):
                await database.stored(_head(sent, usable), (Path(scratch) / FILE).read_bytes())


def _head(sent: Sent, usable: Usable) -> RosterRow:
    return RosterRow(
        roster_id=sent.roster_id,
        division=COUNTY,
        kind=sent.kind,
        as_of=sent.as_of,
        period=sent.period,
        state=RosterState.RECEIVED,
        why=None,
        sent_by=sent.agency,
        rows=usable.rows,
        linked=0,
        rejected=usable.rejected,
        identified=usable.identified,
        cells=usable.cells,
        empty_cells=usable.empty_cells,
        usual_rows=None,
        received_at=datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC),
        received_on=TODAY,
        version=1,
    )


async def _told(database: Database, homes: Iterable[Household]) -> None:
    """What register and monitoring publish of the county's persons, delivered."""
    batch: list[Recorded] = []
    for event in _events(database, homes):
        batch.append(event)
        if len(batch) >= _BATCH:
            await database.deliver(*batch)
            batch.clear()
    await database.deliver(*batch)


def _events(database: Database, homes: Iterable[Household]) -> Iterator[Recorded]:
    end = last_day(MONTH)
    for home in homes:
        members = []
        for person in home.members:
            if not person.registered:
                continue
            members.append(who := uuid5(NAMESPACE, person.citizen_id))
            yield database.told(who, PersonRegistered(birth_month=f"{person.born:%Y-%m}", division=home.village), home.village)
            index = PersonIndexState(person_id=who, key_id=key_id(SITE_KEY))
            yield database.told(blind_index(SITE_KEY, person.citizen_id), index, home.village)
            for card in person.cards:
                if card.issued_on <= end:
                    issued = CertificateIssued(
                        person_id=who,
                        category=_CATEGORIES[card.category],  # type: ignore[arg-type]
                        grade=card.grade,
                        valid_from=card.issued_on,
                        valid_to=card.valid_to,
                    )
                    yield database.told(card_of(who), issued, home.village)
            if person.died_on and person.death_known_on and person.death_known_on <= end:
                yield database.told(who, PersonDied(died_on=person.died_on, evidence="letter"), home.village, person.death_known_on)
        if members:
            yield database.told(
                uuid5(NAMESPACE, str(home.number)),
                HouseholdRegistered(division=home.village, members=tuple(members)),
                home.village,
            )


async def _row_by_row(database: Database, sandbox: SandboxCounty) -> tuple[float, Counter[str]]:
    """Seconds, and how many findings of each rule."""
    assert READ
    gc.collect()
    begun = time.perf_counter()
    async with database.runtime.pool.acquire() as conn:
        kept = await _fetched(conn)
    months = [Month(sandbox, 0)]
    view = View(sandbox, months, 0, Register(sandbox, months, 0), ledger(months))
    found = Counter(rule.id for rule in RULES.values() for _ in rule.find(view))
    took = time.perf_counter() - begun
    assert sum(len(rows) for rows in kept.values()) > HOUSEHOLDS
    return took, found


async def _fetched(conn: Any) -> dict[str, list[dict[str, Any]]]:
    """Every row of the county as a dictionary: of each list, and of the read models."""
    rows: dict[str, list[dict[str, Any]]] = {}
    with duckdb.connect() as engine, TemporaryDirectory() as folder:
        for record in await conn.fetch("SELECT roster_id, kind FROM views.roster"):
            file = Path(folder) / "content.parquet"
            file.write_bytes(await conn.fetchval(CONTENT, record["roster_id"]))
            answer = engine.execute("SELECT * FROM read_parquet(?)", [str(file)])
            names = [column[0] for column in answer.description]
            rows.setdefault(record["kind"], []).extend(dict(zip(names, row, strict=True)) for row in answer.fetchall())
    for table in ("person", "card_change", "household"):
        rows[table] = [dict(row) for row in await conn.fetch(f"SELECT * FROM views.{table}")]
    rows["person_index"] = [dict(row) for row in await conn.fetch(PERSON_INDEX)]
    return rows


def _done(work: Callable[[Any], Coroutine[Any, Any, Any]], given: Any) -> Any:
    """What a process makes of it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    return asyncio.run(work(given))


async def _run(settings: Settings) -> tuple[float, float]:
    """Seconds and MB of a whole run, from staged rosters to stored events."""
    rules = load_rulebook(load_policy().rosters)
    async with opened(SERVICE, settings) as runtime:
        begun = time.perf_counter()
        assert await compare(runtime, rules, COUNTY) is not None
        return time.perf_counter() - begun, megabytes()


async def _compare(url: str) -> tuple[float, float, Counter[str]]:
    """Seconds and MB from staged rosters to what is found, and how many findings of each rule."""
    policy = load_policy()
    made, rules = tables(policy.rosters), load_rules(policy.rosters)
    conn = await asyncpg.connect(url, server_settings=_ALL_ROWS)
    begun = time.perf_counter()
    with TemporaryDirectory() as folder, County(Path(folder), made) as known:
        await take(conn, known, COUNTY, [MONTH], TODAY, policy)
        known.derive()
        found = Counter(each.rule for each in derive(known, rules.rows, COUNTY, TODAY).found)
    took = time.perf_counter() - begun
    await conn.close()
    return took, megabytes(), found


def _agree(found: Counter[str], expected: Counter[str]) -> None:
    """The same work was done: what is owed and what was paid without right is found alike."""
    for rule in ("LIVING_NOT_RECEIVED", "CARE_NOT_RECEIVED", "PAID_TWICE", "WRONG_RATE"):
        if found[rule] != expected[rule]:
            raise AssertionError(f"{rule}: {found[rule]} found, {expected[rule]} expected")


async def _multiplied(database: Database) -> None:
    """As many persons again, nine times: with cards, households and rows of their own."""
    others = f"generate_series(1, {TIMES - 1}) copy"
    async with database.runtime.pool.acquire() as conn:
        for table, keys in _KEYS.items():
            columns = [row["column_name"] for row in await conn.fetch(_COLUMNS, table)]
            values = ", ".join(_other(column) if column in keys else column for column in columns)
            await conn.execute(
                f"INSERT INTO views.{table} ({', '.join(columns)}) SELECT {values} FROM views.{table}, {others}", timeout=300
            )
        for roster_id in [row["roster_id"] for row in await conn.fetch("SELECT roster_id FROM views.roster")]:
            content = await asyncio.to_thread(_again, await conn.fetchval(CONTENT, roster_id))
            await conn.execute("DELETE FROM roster_content WHERE roster_id = $1", roster_id)
            await conn.execute(
                """INSERT INTO roster_content (roster_id, division, kind, rows, content)
                SELECT roster_id, division, kind, rows, $2 FROM views.roster WHERE roster_id = $1""",
                roster_id,
                content,
            )


_KEYS = {"person": ("person_id",), "person_index": ("index", "person_id"), "card_change": ("certificate_id", "person_id")}
_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'views' AND table_name = $1"


def _other(column: str) -> str:
    return f"md5({column}::text || copy)::uuid"


def _again(content: bytes) -> bytes:
    with duckdb.connect() as engine, TemporaryDirectory() as folder:
        engine.execute("SET enable_progress_bar = false")
        one, many = Path(folder) / "one.parquet", Path(folder) / "many.parquet"
        one.write_bytes(content)
        kinds = engine.execute("SELECT name, type FROM (DESCRIBE SELECT * FROM read_parquet(?)) kept(name, type)", [str(one)])
        columns = [
            f'md5("{name}"::TEXT || copy)::UUID' if kind == "UUID" else "row + 1000000 * copy" if name == "row" else f'"{name}"'
            for name, kind in (row[:2] for row in kinds.fetchall())
        ]
        engine.execute(
            f"""COPY (SELECT * FROM read_parquet('{one}') UNION ALL
                SELECT {", ".join(columns)} FROM read_parquet('{one}'), range(1, {TIMES}) copies(copy))
            TO '{many}' (FORMAT parquet, COMPRESSION zstd)"""
        )
        return many.read_bytes()
