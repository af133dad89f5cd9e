"""What taking in any sheet of persons needs, the national register's roster and lists of leads alike: its rows below the header, the share
of rows that cannot be used, one batch in one transaction, who of the sheet is registered already, and registering who is not.

Knows no card and no lead. With `vault.py` and `numbers.py` it touches names; nothing of them leaves in an event, a finding or a report.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from typing import Any, Protocol, TypeVar
from uuid import UUID, uuid4

from services import identity, sheets
from services.certificates.events import PersonIndexState
from services.certificates.policy import Intake
from services.certificates.roster import Finding
from services.kernel.errors import Conflict, Malformed
from services.kernel.events import Recorded, topic_of
from services.kernel.store import EventStore, Outgoing

_PERSONS = """INSERT INTO person (person_id, division, name, citizen_id, blind_index, phone, key_id, registered_on)
    SELECT *, $7, $8 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[])
        AS u(person_id, division, name, citizen_id, blind_index, phone) ON CONFLICT (blind_index) DO NOTHING"""


class Named(Protocol):
    """A usable row: the person it is about."""

    @property
    def row(self) -> int:
        """The row's number in the sheet."""

    @property
    def name(self) -> str:
        """As the sheet writes it."""

    @property
    def citizen_id(self) -> str:
        """In its normal form."""

    @property
    def division(self) -> str:
        """Twelve digits."""

    @property
    def phone(self) -> str | None:
        """If the sheet has one."""


N = TypeVar("N", bound=Named)
T = TypeVar("T")
Read = tuple[N | None, list[Finding]]


@dataclass
class Report:
    """What a sheet held and led to: rows by outcome, findings by code. No personal data."""

    usable: int = 0
    rejected: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def rejected_percent(self) -> float:
        """The share of rows that cannot be used."""
        return 100 * self.rejected / max(1, self.usable + self.rejected)


def below_header(data: bytes, columns: Mapping[str, sheets.Column], max_rows: int) -> Iterator[tuple[int, Any, Mapping[str, int]]]:
    """Every row below the header with its number and the places of the columns. Raises `Malformed`: what `sheets` says, sheet_too_large."""
    lines = sheets.rows(data)
    head = list(islice(lines, sheets.HEADER_ROWS))
    top, places = sheets.header(head, columns)
    for number, line in enumerate(chain(head[top + 1 :], lines), top + 2):
        if number > max_rows:
            raise Malformed("sheet_too_large", f"超过{max_rows}行")
        yield number, line, places


def once(found: Read[N], seen: dict[str, int]) -> Read[N]:
    """The row, unless its citizen id was `seen` above: then a finding, which of the two depends on the name."""
    entry, notes = found
    if entry is None:
        return found
    name = hash(entry.name)
    if entry.citizen_id in seen:
        return None, [*notes, Finding(entry.row, "duplicate_row" if seen[entry.citizen_id] == name else "id_shared", True)]
    seen[entry.citizen_id] = name
    return found


def judged(rows: Iterable[Read[N]], limits: Intake, tick: Callable[[int], Any] = lambda _: None) -> Report:
    """Read everything and count. Raises `Malformed`: sheet_empty, too_many_bad_rows (beyond the policy's share)."""
    report = Report()
    for entry, notes in rows:
        tick(1)
        report.usable += entry is not None
        report.rejected += any(note.rejected for note in notes)
        report.findings.update(note.code for note in notes)
    if report.usable + report.rejected == 0:
        raise Malformed("sheet_empty", "名册没有数据行")
    if report.rejected_percent > limits.max_rejected_percent:
        raise Malformed("too_many_bad_rows", f"{report.rejected}行不能使用：{dict(report.findings)}")
    return report


async def in_one_transaction(pool: Any, work: Callable[[Any], Awaitable[T]], keep: bool) -> T:
    """Run `work(conn)`, again when somebody else was faster; with `keep=False` it is rolled back (dry run). Raises `Conflict`."""
    for _ in range(4):
        try:
            async with pool.acquire() as conn:
                transaction = conn.transaction()
                await transaction.start()
                try:
                    done = await work(conn)
                except BaseException:
                    await transaction.rollback()
                    raise
                await (transaction.commit() if keep else transaction.rollback())
                return done
        except Conflict:
            continue
    raise Conflict("import_interrupted", "同时有人在办理同一批人员，请稍后继续")


async def found(conn: Any, index: dict[UUID, N], county: str, findings: list[Finding]) -> dict[str, UUID]:
    """Citizen id → person, of the rows (by blind index) whose person is registered in this county; those rows leave `index`.

    A person of another county is a finding (person_elsewhere), and so is another name (info_mismatch; the row is used).
    """
    rows = await conn.fetch(
        "SELECT blind_index, person_id, name, division FROM person WHERE blind_index = ANY($1::uuid[])", [*index]
    )
    known: dict[str, UUID] = {}
    for row in rows:
        entry = index.pop(row["blind_index"])
        if not row["division"].startswith(county):
            findings.append(Finding(entry.row, "person_elsewhere", True))
            continue
        known[entry.citizen_id] = row["person_id"]
        if _letters(row["name"]) != _letters(entry.name):
            findings.append(Finding(entry.row, "info_mismatch", False))
    return known


async def entered(conn: Any, index: Mapping[UUID, Named], site_key: str, today: date) -> dict[str, UUID]:
    """Make the rows of these persons (by blind index): citizen id → new pseudonym. Raises `Conflict` when one was made meanwhile."""
    fresh = {entry.citizen_id: uuid4() for entry in index.values()}
    if index:
        columns = zip(*[(fresh[e.citizen_id], e.division, e.name, e.citizen_id, i, e.phone) for i, e in index.items()], strict=True)
        made = await conn.execute(_PERSONS, *map(list, columns), identity.key_id(site_key), today)
        if int(made.split()[-1]) != len(index):
            raise Conflict("person_registered_meanwhile")
    return fresh


async def published(conn: Any, store: EventStore, site_key: str, new: Sequence[tuple[Recorded, str]]) -> None:
    """The blind index of new persons: their registration, and the citizen id behind it."""
    topic, key_id = topic_of(PersonIndexState), identity.key_id(site_key)
    index = [(str(identity.blind_index(site_key, citizen_id)), r) for r, citizen_id in new]
    states = [Outgoing(topic, i, PersonIndexState(person_id=r.stream_id, key_id=key_id), r) for i, r in index]
    await store.publish_many(conn, states)


def _letters(name: str) -> str:
    """A name for comparison: without separators and spaces (domain reference, 8.3)."""
    return "".join(c for c in name if c not in "·•．.・- 　")
