"""The rows by which C3a is compared and payments are made, taken out of a roster's content: those of the two kinds that are asked for."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import duckdb

from services.kernel.events import Context
from services.kernel.execute import Executor, Order
from services.matching.entitlement.payment import paid
from services.matching.entitlement.queries import payable
from services.matching.payment.decider import PAYMENT, payment_id
from services.matching.roster.sheet import Problem
from services.matching.vocabulary import RosterKind, Subsidy

_READ = {
    RosterKind.SUBSISTENCE_ALLOWANCE: "SELECT row, index, NULL, NULL FROM read_parquet(?) WHERE index IS NOT NULL ORDER BY row",
    RosterKind.SUBSIDY_PAYMENT: """SELECT row, index, subsidy, amount FROM read_parquet(?)
        WHERE index IS NOT NULL AND subsidy IS NOT NULL AND amount > 0 AND coalesce(nature, '') <> 'RETURNED' ORDER BY row""",
}


@dataclass(frozen=True, slots=True)
class OldRow:
    """A row that leads to somebody, and on payment sheets the subsidy and yuan."""

    number: int
    index: UUID
    subsidy: Subsidy | None
    amount: Decimal | None


def of_content(content: Path, kind: RosterKind) -> list[OldRow]:
    """The first row of each person (and subsidy) in the content of a roster. Blocks."""
    if kind not in _READ:
        return []
    first: dict[tuple[UUID, Subsidy | None], OldRow] = {}
    with duckdb.connect() as engine:
        for number, index, subsidy, amount in engine.execute(_READ[kind], [str(content)]).fetchall():
            row = OldRow(number, index, Subsidy(subsidy) if subsidy else None, amount)
            first.setdefault((row.index, row.subsidy), row)
    return list(first.values())


def of_kept(content: bytes, kind: RosterKind) -> list[OldRow]:
    """The same of content as it is kept. Blocks."""
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(content)
        file.flush()
        return of_content(Path(file.name), kind)


async def take(
    conn: Any, executor: Executor, roster_id: UUID, division: str, period: str | None, rows: Sequence[OldRow], context: Context
) -> None:
    """Stage the rows of a roster that counts, pay what they say is paid, and tell of those for which another sheet pays otherwise."""
    await conn.executemany(
        """INSERT INTO roster_row (roster_id, row, division, index, month, subsidy, amount) VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT DO NOTHING""",
        [(roster_id, row.number, division, row.index, period, row.subsidy, row.amount) for row in rows],
    )
    if not rows or rows[0].subsidy is None:
        return
    for problem in await _paid_otherwise(conn, roster_id):
        await conn.execute(
            "INSERT INTO roster_problem (roster_id, division, row, code, rejected) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            roster_id,
            division,
            problem.row,
            problem.code,
            problem.rejected,
        )
    await executor.execute_many(
        conn,
        [
            Order(
                PAYMENT,
                payment_id(payment.person_id, payment.subsidy),
                paid(payment),
                replace(context, seed=uuid5(context.seed, f"pay/{number}")),
            )
            for number, payment in enumerate(await payable(conn, division, roster_id))
        ],
    )


async def _paid_otherwise(conn: Any, roster_id: UUID) -> list[Problem]:
    """The staged rows of a payment sheet for which another sheet of the month pays another amount. That one stays paid; people look."""
    rows = await conn.fetch(
        """SELECT DISTINCT r.row FROM roster_row r JOIN roster_row o USING (index, division, month, subsidy)
           WHERE r.roster_id = $1 AND o.roster_id <> $1 AND o.amount <> r.amount ORDER BY r.row""",
        roster_id,
    )
    return [Problem(row["row"], "paid_otherwise", rejected=False) for row in rows]
