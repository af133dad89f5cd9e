"""A list of persons said to be disabled and without certificate (学籍, 监测对象 …), taken in: persons and leads, nothing else.

Whoever is not in the register yet is registered, as by a roster (`registration.py`). A holder, an applicant and the dead get no lead. The
same list again changes nothing. What is said of rows are numbers and codes, never data.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import uuid4, uuid5

from services.certificates.outreach import queries
from services.certificates.outreach.decider import OUTREACH, NoteLead, of
from services.certificates.outreach.events import LeadSource
from services.certificates.person import index_state
from services.certificates.person.decider import PERSON, Register
from services.certificates.roster_import import registration
from services.certificates.roster_import.batch import Taken, patiently, transaction
from services.certificates.roster_import.row import Finding, RowRules, division_of, id_of, name_of, phone_of, remarks
from services.certificates.roster_import.validation import Below, Report, below_header, check_day, usable
from services.documents import sheet_header
from services.documents.sheet_cell import text
from services.domain import citizen_id as citizen_ids
from services.engine.runtime import Runtime
from services.kernel.errors import Malformed
from services.kernel.events import NAMESPACE, Context
from services.kernel.execute import Order

BATCH = 500
LISTS = (LeadSource.JT_SCHOOL_ROLL, LeadSource.XCZX_MONITORING, LeadSource.WJ_APPRAISAL, LeadSource.CL_NEEDS_SURVEY)
NOT_MARKED = "not_marked"


@dataclass(frozen=True, slots=True)
class Named:
    """A usable row: whom it names."""

    row: int
    name: str
    citizen_id: str
    division: str
    phone: str | None

    def __repr__(self) -> str:
        return f"Named(row {self.row})"


def read(number: int, line: Sequence[Any], places: Mapping[str, int], rules: RowRules) -> tuple[Named | None, list[Finding]]:
    """One row below the header that is no total, signature or empty line. In a sheet with a column 是否残疾, whoever is not marked there is
    passed over (not_marked), and a mark that is neither yes nor no refuses the row (marked_unknown)."""
    if "marked" in places:
        marked = rules.words.marked(sheet_header.cell(line, places, "marked"))
        if not marked:
            return None, [Finding(number, "marked_unknown", True) if marked is None else Finding(number, NOT_MARKED, False)]
    notes: list[Finding] = []
    try:
        return _named(number, line, places, rules, notes), notes
    except Malformed as unusable:
        return None, [*notes, Finding(number, unusable.code, True)]


def _named(row: int, line: Sequence[Any], places: Mapping[str, int], rules: RowRules, notes: list[Finding]) -> Named:
    citizen_id = id_of(row, sheet_header.cell(line, places, "citizen_id"), "", rules.today, notes)
    name = name_of(line, places)
    remarks(row, citizen_id, line, places, rules, notes)
    division = division_of(row, line, places, rules, notes)
    return Named(row, name, citizen_id, division, phone_of(row, text(sheet_header.cell(line, places, "phone")), notes))


class LeadList:
    """One list for one county, of one day, from one source, by one clerk of the county federation (`actor` = CL:<county>:<subject>)."""

    def __init__(self, runtime: Runtime, data: bytes, county: str, source: LeadSource, as_of: date, actor: str) -> None:
        today = Context(actor, runtime.clock(), uuid4(), uuid4()).today
        policy = runtime.service.policy
        check_day(as_of, today, policy.intake.one("leads", today, county))
        if source not in LISTS:
            raise Malformed("source_not_a_list", f"名单来源应为：{'、'.join(LISTS)}")
        if county not in policy.counties:
            raise Malformed("county_unknown", "没有这个县（市）")
        self.runtime, self.policy, self.today = runtime, policy, today
        self.data, self.county, self.actor = data, county, actor
        self.source, self.as_of = source, as_of
        self.limits = policy.intake.one("leads", today, county)
        self._list_id = uuid5(NAMESPACE, f"leads/{source}/{county}/{as_of}/{sha256(data).hexdigest()}")
        self._run_id = uuid4()
        self._columns = {row.id: row.value for row in policy.lead_columns.rows if row.holds(today, county)}
        self._rules = RowRules.of(policy, county, today)
        self._key = runtime.settings.site_key.get_secret_value()
        self._rows = list[tuple[Named | None, list[Finding]]]()

    def entries(self, below: Below) -> Iterator[tuple[Named | None, list[Finding]]]:
        """Every row of data, read; a person's second row, and two names of one citizen id, are findings. Lines are counted in `below`."""
        seen: dict[str, Named] = {}
        for number, line, places in below_header(self.data, self._columns, self.limits.max_rows, below):
            entry, notes = read(number, line, places, self._rules)
            if entry and (before := seen.setdefault(entry.citizen_id, entry)) is not entry:
                code = "duplicate_row" if before.name == entry.name else "id_shared"
                yield None, [*notes, Finding(number, code, True)]
            else:
                yield entry, notes

    def judge(self) -> Report:
        """Read everything, once, and count; comes before `take`, and blocks. Raises `Malformed`: of the file, sheet_empty, too_many_bad_rows
        beyond the policy's share."""
        report = Report()
        self._rows = list(self.entries(report.below))
        for entry, notes in self._rows:
            rejected = any(note.rejected for note in notes)
            report.usable += entry is not None
            report.rejected += rejected
            report.below.left_out[NOT_MARKED] += entry is None and not rejected
            report.findings.update(note.code for note in notes)
        return usable(report, self.limits)

    async def take(self, report: Report, keep: bool = True, tick: Callable[[int], Any] = lambda _: None) -> list[Finding]:
        """Take every row, batch by batch, and add the outcomes to `report`; gives what was found row by row. With `keep=False` nothing
        stays (dry run)."""
        rows, found = iter(self._rows), list[Finding]()
        while batch := list(islice(rows, BATCH)):
            taken, more = await patiently(partial(self._batch, [entry for entry, _ in batch if entry is not None], keep))
            report.outcomes.update(taken.outcomes)
            report.taken.update(taken.rows)
            report.findings.update(note.code for note in more)
            found += [*(note for _, notes in batch for note in notes), *more]
            tick(len(batch))
        return sorted(found, key=lambda note: note.row)

    async def _batch(self, named: list[Named], keep: bool) -> tuple[Taken, list[Finding]]:
        async with transaction(self.runtime.pool, keep) as conn:
            return await self._written(conn, named)

    async def _written(self, conn: Any, named: list[Named]) -> tuple[Taken, list[Finding]]:
        findings: list[Finding] = []
        index = {citizen_ids.blind_index(self._key, person.citizen_id): person for person in named}
        known, _ = await registration.found(conn, index, self.county, findings)
        fresh = await registration.entered(conn, index, self._key, self.today)
        persons = known | fresh
        facts = await queries.facts(conn, self.today, self.policy, [*persons.values()])
        orders, outcomes, fates = list[Order](), Counter[str](), registration.refused(findings)
        for one in (person for person in named if person.citizen_id in persons):
            person = persons[one.citizen_id]
            if one.citizen_id in fresh:
                born = f"{one.citizen_id[6:10]}-{one.citizen_id[10:12]}"
                orders.append(Order(PERSON, person, Register(born, one.division), self._context(one.row, "person")))
            if why := facts[person].out_of_question:
                outcomes[why[0]] += 1
                fates[one.row] = why[0]
            else:
                fates[one.row] = "lead"
                lead = NoteLead(person, self.source, facts[person], self.as_of)
                orders.append(Order(OUTREACH, of(person), lead, self._context(one.row, "lead")))
        done = await self.runtime.executor.execute_many(conn, orders)
        entered = set(fresh.values())
        await index_state.published(
            conn, self.runtime.store, self._key, [recorded for recorded in done if recorded.stream_id in entered]
        )
        outcomes.update(type(recorded.event).__name__ for recorded in done)
        outcomes["unchanged"] = sum(order.decider is OUTREACH for order in orders) - outcomes["OutreachLeadNoted"]
        return Taken(outcomes, Counter(fates[one.row] for one in named), Counter()), findings

    def _context(self, row: int, what: str) -> Context:
        seed = uuid5(self._run_id, f"{row}/{what}")
        return Context(actor=self.actor, now=self.runtime.clock(), seed=seed, correlation_id=self._list_id, scope=self.county)
