"""One batch of a roster's rows, in one transaction: persons, cards and differences, numbers as printed, and what was found.

Rows become commands and the deciders say what they lead to; nothing here makes an event. A row taken twice changes nothing.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid5

from services.certificates.certificate.card.mirror import NOT_SHOWN
from services.certificates.certificate.commands import Record
from services.certificates.certificate.decider import CERTIFICATE
from services.certificates.person import index_state
from services.certificates.person.decider import PERSON, Register
from services.certificates.roster_import import registration
from services.certificates.roster_import.row import Entry, Finding
from services.certificates.roster_import.validation import unpacked
from services.domain import citizen_id as citizen_ids
from services.engine.runtime import Runtime
from services.kernel.errors import AlreadyRecorded, Conflict, ShouwangError
from services.kernel.events import Context
from services.kernel.execute import Order

T = TypeVar("T")
ENDED_BEFORE = "ended_before_known"  # a cancelled card that was never known here
_OVER = ("REFUSED", "CANCELLED", "WITHDRAWN")
_HELD = """SELECT v.person_id, v.certificate_id, v.step, v.valid_to, v.proposal, n.number FROM views.certificate_view v
    LEFT JOIN certificate_number n ON n.certificate_id = v.certificate_id AND n.until IS NULL
    WHERE v.person_id = ANY($1::uuid[]) ORDER BY v.step = 'ISSUED' DESC, v.certificate_id"""


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for every batch of a roster. `newest`: no roster of a later day was taken; `shared`: phones not to be kept."""

    import_id: UUID
    county: str
    as_of: date
    actor: str
    keep: bool = True
    newest: bool = True
    shared: frozenset[str] = field(default=frozenset(), repr=False)

    def context(self, now: Any, *about: object) -> Context:
        """The context of one command; a repeat makes the same ids."""
        seed = uuid5(self.import_id, "/".join(str(part) for part in about))
        return Context(actor=self.actor, now=now, seed=seed, correlation_id=self.import_id, scope=self.county)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch led to: events and unchanged rows by name, each usable row once by what became of it, and codes of what only the
    database could show."""

    outcomes: Counter[str]
    rows: Counter[str]
    findings: Counter[str]


@dataclass(frozen=True, slots=True)
class _Card:
    """A row, the stream it is about, and what is held there (None: nothing yet)."""

    entry: Entry
    stream: UUID
    held: Any


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Do it again when somebody else was faster. Raises `Conflict` when others keep working on the same persons."""
    for _ in range(4):
        try:
            return await work()
        except (Conflict, AlreadyRecorded):  # a command was faster, or the same file is being taken twice
            continue
    raise Conflict("import_interrupted", "同时有人在办理同一批人员，请稍后继续")


@asynccontextmanager
async def transaction(pool: Any, keep: bool) -> AsyncIterator[Any]:
    """A connection in a transaction that is rolled back at the end unless it is to be kept.

    Statements are planned for what they carry: a plan made when the tables were small costs seven times as much when they have grown.
    """
    async with pool.acquire() as conn:
        whole = conn.transaction()
        await whole.start()
        try:
            await conn.execute("SET LOCAL plan_cache_mode = force_custom_plan")
            yield conn
        except BaseException:
            await whole.rollback()
            raise
        if keep:
            await whole.commit()
        else:
            await whole.rollback()


class Taker:
    """Takes batches of one job, over one runtime."""

    def __init__(self, runtime: Runtime, job: Job) -> None:
        self.runtime, self.job = runtime, job
        self._key = runtime.settings.site_key.get_secret_value()

    async def take(self, packed: bytes) -> Taken:
        """Take a batch. Raises `Conflict`, as `patiently`."""

        async def once() -> Taken:
            entries, findings = unpacked(packed)
            judged = len(findings)
            async with transaction(self.runtime.pool, self.job.keep) as conn:
                outcomes, fates = await self._written(conn, entries, findings)
            rows = Counter(fates[entry.row] for entry in entries)  # a row without a fate would be one that nobody counted
            return Taken(outcomes, rows, Counter(found.code for found in findings[judged:]))

        return await patiently(once)

    async def _written(self, conn: Any, entries: list[Entry], findings: list[Finding]) -> tuple[Counter[str], dict[int, str]]:
        """Outcomes by name, and by row what became of it."""
        judged = len(findings)
        known, fresh = await self._persons(conn, entries, findings)
        cards = await self._cards(conn, [entry for entry in entries if entry.citizen_id in known], known, fresh, findings)
        fates = {entry.row: ENDED_BEFORE for entry in entries if entry.cancelled is not None}
        outcomes = await self._recorded(conn, cards, known, fresh, findings, fates)
        fates |= registration.refused(findings[judged:])
        await conn.execute(
            """INSERT INTO roster_finding (import_id, row, code, rejected)
               SELECT $1, * FROM unnest($2::int[], $3::text[], $4::boolean[]) ON CONFLICT DO NOTHING""",
            self.job.import_id,
            [finding.row for finding in findings],
            [finding.code for finding in findings],
            [finding.rejected for finding in findings],
        )
        return outcomes, fates

    async def _recorded(
        self,
        conn: Any,
        cards: Sequence[_Card],
        known: dict[str, UUID],
        fresh: dict[str, UUID],
        findings: list[Finding],
        fates: dict[int, str],
    ) -> Counter[str]:
        """Record the cards, all at once, or each on its own when one of them is refused."""
        now, outcomes = self.runtime.clock(), Counter({"unchanged": 0})
        try:
            async with conn.transaction():
                outcomes.update(await self._record(conn, cards, known, fresh, now, fates))
        except Conflict:
            raise
        except ShouwangError:
            for card in cards:
                try:
                    async with conn.transaction():
                        outcomes.update(await self._record(conn, [card], known, fresh, now, fates))
                except ShouwangError as refusal:
                    findings.append(Finding(card.entry.row, refusal.code, True))
        return outcomes

    async def _persons(self, conn: Any, entries: list[Entry], findings: list[Finding]) -> tuple[dict[str, UUID], dict[str, UUID]]:
        """Citizen id → person: all of this county, and those that were not known before (with their rows made)."""
        index = {citizen_ids.blind_index(self._key, entry.citizen_id): self._own_phone(entry, findings) for entry in entries}
        known, dead = await registration.found(conn, index, self.job.county, findings)
        findings += [Finding(entry.row, "person_dead", False) for entry in dead if entry.cancelled is None]
        index = {i: entry for i, entry in index.items() if entry.cancelled is None}  # what ended before we knew of it stays away
        fresh = await registration.entered(conn, index, self._key, self.job.context(self.runtime.clock()).today)
        return known | fresh, fresh

    def _own_phone(self, entry: Entry, findings: list[Finding]) -> Entry:
        """A phone that a whole village gives is an official's (domain reference, 8.4): not kept, so nobody is reminded through it."""
        if entry.phone not in self.job.shared:
            return entry
        findings.append(Finding(entry.row, "phone_shared", False))
        return replace(entry, phone=None)

    async def _cards(
        self, conn: Any, entries: list[Entry], known: dict[str, UUID], fresh: dict[str, UUID], findings: list[Finding]
    ) -> list[_Card]:
        """The stream of each row: the card or open application it is about, or a new one."""
        before = [person for citizen_id, person in known.items() if citizen_id not in fresh]
        held: dict[UUID, list[Any]] = {}
        for row in await conn.fetch(_HELD, before) if before else ():
            held.setdefault(row["person_id"], []).append(row)
        cards = []
        for entry in entries:
            row = _about(held.get(known[entry.citizen_id], ()), entry)
            if row is None and entry.cancelled is not None:
                continue  # it ended before we knew of it
            if row and row["proposal"] == NOT_SHOWN and self.job.newest and entry.cancelled is None:
                findings.append(Finding(entry.row, "shown_again", False))
            if row and _lags(row["number"], entry):
                findings.append(Finding(entry.row, "cert_suffix", False))
            cards.append(_Card(entry, row["certificate_id"] if row else uuid5(self.job.import_id, f"{entry.row}/card"), row))
        return cards

    async def _record(
        self, conn: Any, cards: Sequence[_Card], known: dict[str, UUID], fresh: dict[str, UUID], now: Any, fates: dict[int, str]
    ) -> Counter[str]:
        orders = list[Order]()
        for card in cards:
            entry, person = card.entry, known[card.entry.citizen_id]
            if entry.citizen_id in fresh:
                register = Register(f"{entry.citizen_id[6:10]}-{entry.citizen_id[10:12]}", entry.division)
                orders.append(Order(PERSON, person, register, self.job.context(now, entry.row, "person")))
            record = Record(
                person_id=person,
                division=entry.division,
                category=entry.category,
                grade=entry.grade,
                valid_from=entry.valid_from,
                valid_to=entry.valid_to,
                as_of=self.job.as_of,
                frozen=entry.frozen,
                cancelled=entry.cancelled,
                lost=entry.lost,
            )
            orders.append(Order(CERTIFICATE, card.stream, record, self.job.context(now, entry.row, "record")))
        done = await self.runtime.executor.execute_many(conn, orders)
        entered = {fresh[card.entry.citizen_id] for card in cards if card.entry.citizen_id in fresh}
        new = [recorded for recorded in done if recorded.stream_id in entered and recorded.version == 1]
        await index_state.published(conn, self.runtime.store, self._key, new)
        changed = {recorded.stream_id for recorded in done}
        await self._numbers(conn, [card for card in cards if card.stream in changed or self._renumbered(card)])
        kinds = Counter(type(recorded.event).__name__ for recorded in done)
        kinds["unchanged"] = sum(card.stream not in changed for card in cards)
        fates |= {card.entry.row: "changed" if card.stream in changed else "unchanged" for card in cards}
        return kinds

    def _renumbered(self, card: _Card) -> bool:
        """The newest roster prints another number on the same card: it was reissued (B1), or the citizen id was corrected."""
        return bool(self.job.newest and card.held and card.held["step"] == "ISSUED" and card.held["number"] != card.entry.number)

    async def _numbers(self, conn: Any, cards: Sequence[_Card]) -> None:
        """The numbers as the roster prints them; one that lacks the suffix of a reissued card (domain reference, 8.4) is not kept."""
        printed = [card for card in cards if not (card.held and _lags(card.held["number"], card.entry))]
        ids, numbers = [card.stream for card in printed], [card.entry.number for card in printed]
        if not ids:
            return
        await conn.execute(
            """UPDATE certificate_number SET until = $3 WHERE until IS NULL
               AND (certificate_id = ANY($1::uuid[]) OR number = ANY($2::text[]))""",
            ids,
            numbers,
            self.job.as_of,
        )
        await conn.execute(
            """INSERT INTO certificate_number (certificate_id, number, division, since)
               SELECT u.certificate_id, u.number, u.division, $4 FROM unnest($1::uuid[], $2::text[], $3::text[])
                   AS u(certificate_id, number, division)
               ON CONFLICT (certificate_id, number) DO UPDATE SET until = NULL""",
            ids,
            numbers,
            [card.entry.division for card in printed],
            self.job.as_of,
        )


def _about(held: Sequence[Any], entry: Entry) -> Any:
    """The card or open application that the row is about; a cancelled card only when it is that very card."""
    open_ = [row for row in held if row["step"] not in _OVER]
    same = [row for row in held if row["step"] == "CANCELLED" and row["valid_to"] == entry.valid_to]
    return next(iter((*open_, *same)), None)


def _lags(number: str | None, entry: Entry) -> bool:
    """Whether the roster prints a number without the suffix, or with an earlier one, that this card is known to have."""
    plain, _, suffix = (number or "").partition("B")
    return plain == entry.number.partition("B")[0] and int(suffix or 0) > entry.suffix
