"""One county's facts in memory: tables put in, facts derived from them, questions asked. All but `beside`
blocks, and is called in a thread.

Whatever a question says, it reaches nothing but these tables: once they are in, the engine opens no file and takes no setting.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import duckdb

from services.matching.county_facts.likeness import KEPT

# A kind of list as the rows that speak for each month, with whom each leads to.
_LIST = """CREATE VIEW {name}_list AS SELECT feed.month, person_row.person_id, person_row.index, list.*
    FROM feed JOIN {name} list USING (roster_id) LEFT JOIN person_row USING (roster_id, row) WHERE feed.kind = '{kind}' AND feed.usable"""
# Said, not guessed: an empty file has no rows, a file of one row has no header.
_AS_COPIED = "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', allow_quoted_nulls = false"
_SOME, _AT_ONCE = 10_000, 500  # rows that are read, and put in, together
T = TypeVar("T")
FACTS = Path(__file__).parent / "facts"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a county may take: memory beyond which the engine uses its private folder, and threads."""

    memory: str = "700MB"
    threads: int = 2


class County:
    """See the module. A context manager: leaving it frees everything."""

    def __init__(self, folder: Path, tables: Mapping[str, Mapping[str, str]], limits: Limits = Limits()) -> None:
        """`folder`: private, for what does not fit into memory; `tables`: see `tables.tables`."""
        self.folder = folder
        self._tables = tables
        self._lists = [
            name
            for name, columns in tables.items()
            if list(columns)[:2] == ["roster_id", "row"] and name not in ("person_row", "row_features", "other_name")
        ]
        self._engine = duckdb.connect(
            config={
                "memory_limit": limits.memory,
                "threads": limits.threads,
                "temp_directory": str(folder),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        self._engine.execute("SET enable_progress_bar = false")  # it would be drawn into whatever the process writes
        for name, columns in tables.items():
            made = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            self._engine.execute(f"CREATE TABLE {name} ({made})")

    def __enter__(self) -> "County":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._engine.close()

    async def beside(self, work: Callable[..., T], *values: Any) -> T:
        """What `work` answers, in a thread. When the caller is cancelled the engine is interrupted and the thread waited for: nobody closes
        an engine that is at work."""
        working = asyncio.ensure_future(asyncio.to_thread(work, *values))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            while not working.done():
                self._engine.interrupt()
                await asyncio.wait([working], timeout=0.05)
            working.exception()  # seen
            raise

    def put(self, table: str, rows: Iterable[Any]) -> None:
        """Rows of the table's class; for what is small."""
        self.put_named(table, map(_named, rows))

    def put_named(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows by the names of their columns; what a row does not name is NULL. For what is small."""
        names = list(self._tables[table])
        one = f"({', '.join('?' * len(names))})"
        all_rows = list(rows)
        for some in (all_rows[start : start + _AT_ONCE] for start in range(0, len(all_rows), _AT_ONCE)):
            values = [_plain(row.get(name)) for row in some for name in names]
            self._engine.execute(f"INSERT INTO {table} VALUES {', '.join([one] * len(some))}", values)  # noqa: S608

    def load(self, table: str, file: Path) -> None:
        """All rows of a CSV file as PostgreSQL copies them: no header, an empty field is NULL, an empty text is quoted."""
        kinds = ", ".join(f"'{column}': '{kind}'" for column, kind in self._tables[table].items())
        self._engine.execute(f"INSERT INTO {table} SELECT * FROM read_csv(?, {_AS_COPIED}, columns = {{{kinds}}})", [str(file)])  # noqa: S608

    def load_lists(self, files: Mapping[str, Sequence[Path]]) -> None:
        """Rosters by their kind, each a Parquet file named after its roster's id, with whom each row leads to by `person_index`, or by
        `identity_link` where an official decided it. A column that a file lacks is unknown, one that is kept no more is left out."""
        rows, roster = "read_parquet(?, filename = true, union_by_name = true)", "parse_filename(filename, true)::UUID AS roster_id"
        for kind, of_kind in files.items():
            table = kind.lower()
            self._engine.execute(
                f"INSERT INTO {table} BY NAME SELECT {roster}, COLUMNS(lambda name: list_contains(?, name)) FROM {rows}",  # noqa: S608
                [list(self._tables[table]), [str(file) for file in of_kind]],
            )
        everything = [str(file) for of_kind in files.values() for file in of_kind]
        if everything:
            self._engine.execute(
                f"""INSERT INTO person_row
                SELECT {roster}, row, file.index, coalesce(person_index.person_id, identity_link.person_id)
                FROM {rows} file LEFT JOIN person_index USING (index) LEFT JOIN identity_link ON identity = who_identity""",  # noqa: S608
                [everything],
            )
            self._engine.execute(
                f"INSERT INTO row_features SELECT {roster}, row, {', '.join(KEPT)} FROM {rows} WHERE who_identity IS NOT NULL",  # noqa: S608
                [everything],
            )

    def load_other_names(self, files: Sequence[Path]) -> None:
        """Of rosters that are loaded, and whose persons are, the rows with another name than the register's. Where a side does not say the
        name, or a character of it stands for another, nothing is said."""
        if files:
            self._engine.execute(
                """INSERT INTO other_name SELECT parse_filename(filename, true)::UUID, row
                FROM read_parquet(?, filename = true, union_by_name = true) file JOIN person_index USING (index)
                JOIN person_features USING (person_id) WHERE file.who_name <> person_features.name""",
                [list(map(str, files))],
            )

    def derive(self) -> None:
        """Make the facts (`facts/*.sql`, in the order of their names), and shut the engine off from everything else."""
        for name in self._lists:
            self._engine.execute(_LIST.format(name=name, kind=name.upper()))
        for file in sorted(FACTS.glob("*.sql")):
            self._engine.execute(file.read_text(encoding="utf-8"))
        self._engine.execute("SET enable_external_access = false")
        self._engine.execute("SET lock_configuration = true")

    def run(self, statement: str, *values: Any) -> None:
        """A statement that answers nothing."""
        self._engine.execute(statement, list(values))

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a SELECT."""
        return self._engine.execute(question, list(values)).fetchall()

    def rows(self, question: str, *values: Any) -> Iterator[dict[str, Any]]:
        """The same, each by the names of its columns; read as they are asked for, so that many rows are never all here at once."""
        answer = self._engine.cursor().execute(question, list(values))
        names = [column[0] for column in answer.description or ()]
        while some := answer.fetchmany(_SOME):
            yield from (dict(zip(names, row, strict=True)) for row in some)

    def columns(self, question: str) -> dict[str, str]:
        """The columns of a SELECT and their types, without running it. Raises `duckdb.Error` for one that cannot run."""
        return {row[0]: row[1] for row in self.ask(f"DESCRIBE {question}")}


def _named(row: Any) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _plain(value: Any) -> Any:
    """A value as the engine takes it."""
    return list(value) if isinstance(value, tuple) else value
