"""Payments: what sheets say of a person's months, and what these come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.matching.payment.projection import PAYMENTS, PaymentRow
from services.matching.vocabulary import Subsidy

# A return that the bank and a later sheet both tell of is one: the larger of the two counts.
_MONTHS = """
SELECT subsidy, month, coalesce(sum(amount) FILTER (WHERE nature = 'REGULAR'), 0) AS regular,
    coalesce(sum(amount) FILTER (WHERE nature = 'ARREARS'), 0) AS arrears,
    coalesce(sum(amount) FILTER (WHERE nature = 'CORRECTION'), 0) AS corrected,
    least(coalesce(sum(amount) FILTER (WHERE nature = 'RETURNED'), 0), coalesce(sum(amount) FILTER (WHERE nature = 'BOUNCED'), 0)) AS returned
FROM views.payment WHERE person_id = $1 GROUP BY subsidy, month ORDER BY month, subsidy"""


@dataclass(frozen=True, slots=True)
class PaidMonth:
    """What a person's month comes to by all sheets and the bank, in yuan: `total` is the sum of the others, and `returned` is below zero."""

    subsidy: Subsidy
    month: str
    regular: Decimal
    arrears: Decimal
    corrected: Decimal
    returned: Decimal
    total: Decimal


async def payments(conn: Any, person_id: UUID) -> Sequence[PaymentRow]:
    """What sheets say of a person's months, in the order of months."""
    rows = await conn.fetch(
        "SELECT * FROM views.payment WHERE person_id = $1 ORDER BY month, subsidy, sheet_month, county, nature", person_id
    )
    return [PAYMENTS.from_record(row) for row in rows]


async def months(conn: Any, person_id: UUID) -> Sequence[PaidMonth]:
    """What a person's months come to."""
    return [
        PaidMonth(
            subsidy=Subsidy(row["subsidy"]),
            month=row["month"],
            regular=row["regular"],
            arrears=row["arrears"],
            corrected=row["corrected"],
            returned=row["returned"],
            total=row["regular"] + row["arrears"] + row["corrected"] + row["returned"],
        )
        for row in await conn.fetch(_MONTHS, person_id)
    ]
