"""Reading a roster from end to end, once, before anything is taken: what is usable, what is wrong with the rest, and batches to take.

What only the whole file can show is found here: a person's second row, two names of one citizen id, two ids of one name and birth day, a
phone that a whole village shares. Batches are kept packed (about 200 bytes a row). Touches no database.
"""

import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from services.certificates.policy.load import CertificatePolicy
from services.certificates.policy.rows import Intake
from services.certificates.roster_import.row import Entry, Finding, RowRules, named, read
from services.documents import sheet_header, sheet_reader
from services.documents.sheet_cell import text
from services.domain.names import comparable_name
from services.kernel.errors import Malformed

BATCH = 1000
TOTALS, HEADER_AGAIN = "total_or_signature", "header_again"
Read = tuple[Entry | None, list[Finding]]


@dataclass
class Below:
    """The lines with content below a header: how many, and how many of them are no rows of data, by why. `notes`: of the file as a whole."""

    notes: tuple[str, ...] = ()
    lines: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass
class Report:
    """What a roster held and led to: rows by outcome, findings by code. No personal data.

    Every line with content is counted once, `lines` = `usable` + `rejected` + those left out (by why), and every usable row once in
    `taken`, by what became of it.
    """

    usable: int = 0
    rejected: int = 0
    below: Below = field(default_factory=Below)
    taken: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def rejected_percent(self) -> float:
        """The share of rows that cannot be used."""
        return 100 * self.rejected / max(1, self.usable + self.rejected)


def counted(report: Report) -> dict[str, Any]:
    """A report as numbers by code."""
    codes = {"left_out": report.below.left_out, "taken": report.taken, "findings": report.findings, "outcomes": report.outcomes}
    rows = {"lines": report.below.lines, "usable": report.usable, "rejected": report.rejected}
    return rows | {name: dict(sorted(counts.items())) for name, counts in codes.items()}


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to be taken in one transaction: how many, the usable ones of them, the last one's number in the file, and `unpacked` entries
    and findings."""

    size: int
    usable: int
    last: int
    packed: bytes = field(repr=False)


def unpacked(packed: bytes) -> tuple[list[Entry], list[Finding]]:
    """The entries and findings of a batch."""
    found: tuple[list[Entry], list[Finding]] = pickle.loads(packed)  # packed by this process, never from outside
    return found


def below_header(
    data: bytes, columns: Mapping[str, sheet_header.Column], max_rows: int, below: Below
) -> Iterator[tuple[int, Any, Mapping[str, int]]]:
    """Every row of data below the header with its number and the places of the columns; all lines are counted in `below`.

    Raises `Malformed` as `sheet_reader.opened` does.
    """
    with sheet_reader.opened(data, columns, max_rows) as table:
        below.notes = table.notes
        for number, line in table.lines:
            below.lines += 1
            if sheet_header.header_again(line, table.places, columns):
                below.left_out[HEADER_AGAIN] += 1
            elif sheet_header.beside_data(line, table.places):
                below.left_out[TOTALS] += 1
            else:
                yield number, line, table.places


def check_day(as_of: date, today: date, limits: Intake) -> None:
    """Raises `Malformed`: as_of_in_future, as_of_too_early."""
    if as_of > today:
        raise Malformed("as_of_in_future", "名册日期不得晚于今天")
    if as_of < limits.earliest:
        raise Malformed("as_of_too_early", f"名册日期不得早于{limits.earliest}")


def usable(report: Report, limits: Intake) -> Report:
    """The report of a sheet that may be taken. Raises `Malformed`: sheet_empty, too_many_bad_rows beyond the policy's share."""
    if report.usable + report.rejected == 0:
        raise Malformed("sheet_empty", "名册没有数据行")
    report.findings.update(report.below.notes)
    if report.rejected_percent > limits.max_rejected_percent:
        raise Malformed("too_many_bad_rows", f"{report.rejected}行不能使用：{dict(report.findings)}")
    return report


class Judgement:
    """One file, judged for one county and day. Afterwards: what is known of the whole file.

    `shown`: the citizen ids on it, whether their rows can be used or not; `nameless`: names of the rows that show no id at all;
    `shared`: the phones of more rows than a household has.
    """

    def __init__(self, data: bytes, county: str, today: date, policy: CertificatePolicy) -> None:
        self._data, self._today, self._rules = data, today, RowRules.of(policy, county, today)
        self._columns = {row.id: row.value for row in policy.columns.rows if row.holds(today, county)}
        self.limits = policy.intake.one("roster", today, county)
        self._seen: dict[str, tuple[int, int]] = {}
        self._births, self._phones = dict[int, str](), Counter[str]()
        self._hidden, self.nameless, self.batches = set[str](), set[str](), list[Batch]()

    @property
    def shown(self) -> set[str]:
        """See the class."""
        return self._hidden.union(self._seen)

    @property
    def shared(self) -> frozenset[str]:
        """See the class."""
        return frozenset(phone for phone, rows in self._phones.items() if rows >= self.limits.shared_phone_rows)

    def judged(self, tick: Callable[[int], Any] = lambda _: None) -> Report:
        """Read everything and count, once. Raises `Malformed`: too_many_bad_rows beyond the policy's share, sheet_empty, of the file."""
        assert not self.batches, "a file is judged once"
        report = Report()
        rows = self._rows(report.below)
        while some := list(islice(rows, BATCH)):
            entries = [entry for entry, _ in some if entry is not None]
            notes = [note for _, found in some for note in found]
            last = max(*(entry.row for entry in entries), *(note.row for note in notes), 0, 0)
            self.batches.append(Batch(len(some), len(entries), last, pickle.dumps((entries, notes), pickle.HIGHEST_PROTOCOL)))
            self._phones.update(entry.phone for entry in entries if entry.phone)
            report.usable += len(entries)
            report.rejected += len({note.row for note in notes if note.rejected})
            report.findings.update(note.code for note in notes)
            tick(len(some))
        return usable(report, self.limits)

    def _rows(self, below: Below) -> Iterator[Read]:
        """Every row of data."""
        for number, line, places in below_header(self._data, self._columns, self.limits.max_rows, below):
            entry, notes = read(number, line, places, self._rules)
            if entry is not None:
                yield self._beside_others(entry, notes)
            else:
                self._keep_unusable(line, places)
                yield None, notes

    def _keep_unusable(self, line: Sequence[Any], places: Any) -> None:
        found = named(line, places, self._today)
        self._hidden |= found
        if not found:
            self.nameless.add(comparable_name(text(sheet_header.cell(line, places, "name"))))

    def _beside_others(self, entry: Entry, notes: list[Finding]) -> Read:
        """A row among those before it: the first of a person's rows is used, every later one is refused by name."""
        name, number = hash(entry.name), hash(entry.number)
        if before := self._seen.get(entry.citizen_id):
            return None, [*notes, Finding(entry.row, _second(before, name, number), True)]
        self._seen[entry.citizen_id] = name, number
        born = hash((comparable_name(entry.name), entry.citizen_id[6:14]))
        if self._births.setdefault(born, entry.citizen_id) != entry.citizen_id:
            notes.append(Finding(entry.row, "id_split", False))
        return entry, notes


def _second(before: tuple[int, int], name: int, number: int) -> str:
    """What a later row with a citizen id of an earlier one is; `before`: the hashes of the earlier row's name and number."""
    if before[0] != name:
        return "id_shared"
    return "duplicate_row" if before[1] == number else "two_cards"
