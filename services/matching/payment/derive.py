"""What the sheets and the bank say of payments, against what was said before. Pure but for the engine."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from services.kernel.service import Issued
from services.matching.county_facts.opened import County
from services.matching.payment.decider import PAYMENT, Part, PartKey, Record, payment_id
from services.matching.vocabulary import PaymentNature, Subsidy

# What sheets say that was not said, or was said otherwise; and what was said by sheets of these months that none says any more. Of a month
# whose sheet is there and cannot be used nobody knows that.
_SAID = """
SELECT part.*, coalesce(person.division, ?) AS lives_in, person.registered_in, card.certificate_id,
    coalesce(card.grade, part.grade) AS card_grade, rate_month.yuan
FROM payment_part part
LEFT JOIN person USING (person_id)
LEFT JOIN card_month card ON card.month = part.month AND card.person_id = part.person_id
LEFT JOIN rate_month ON rate_month.month = part.month AND rate_month.subsidy = part.subsidy
    AND (rate_month.grade IS NULL OR rate_month.grade = card.grade)
ANTI JOIN known_payment known ON known.person_id = part.person_id AND known.subsidy = part.subsidy AND known.month = part.month
    AND known.sheet_month = part.sheet_month AND known.nature = part.nature AND known.amount = part.amount
ORDER BY part.person_id, part.subsidy, part.sheet_month, part.month, part.nature"""
_SAID_NO_MORE = """
SELECT known.*, coalesce(person.division, ?) AS lives_in, person.registered_in
FROM known_payment known JOIN month ON month.month = known.sheet_month LEFT JOIN person USING (person_id)
ANTI JOIN payment_part part ON known.person_id = part.person_id AND known.subsidy = part.subsidy AND known.month = part.month
    AND known.sheet_month = part.sheet_month AND known.nature = part.nature
WHERE NOT EXISTS (FROM feed WHERE month = known.sheet_month AND NOT usable
    AND (kind = 'SUBSIDY_PAYMENT' OR kind = 'BANK_RESULT' AND known.nature = 'BOUNCED'))
ORDER BY known.person_id, known.subsidy, known.sheet_month, known.month, known.nature"""


def derive(county: County, division: str) -> Iterator[Issued]:
    """What is to be said of payments in a county (`division`: its code) whose facts are derived. A sheet that cannot be used takes nothing
    back."""
    parts, gone = defaultdict[tuple[UUID, str], list[Part]](list), defaultdict[tuple[UUID, str], list[tuple[PartKey, UUID]]](list)
    lives: dict[tuple[UUID, str], tuple[str, tuple[str, ...]]] = {}
    for row in county.rows(_SAID, division):
        stream = row["person_id"], row["subsidy"]
        lives[stream] = row["lives_in"], tuple(row["registered_in"] or ())
        parts[stream].append(
            Part(
                key=_part(division, row),
                amount=row["amount"],
                roster_id=row["roster_id"],
                certificate_id=row["certificate_id"],
                grade=row["card_grade"],
                rate=row["yuan"],
                reason=row["reason"],
            )
        )
    for row in county.rows(_SAID_NO_MORE, division):
        stream = row["person_id"], row["subsidy"]
        lives[stream] = row["lives_in"], tuple(row["registered_in"] or ())
        gone[stream].append((_part(division, row), row["roster_id"]))
    for (person, word), (village, registered_in) in sorted(lives.items()):
        subsidy, stream = Subsidy(word), (person, word)
        record = Record(person, subsidy, village, tuple(parts[stream]), tuple(gone[stream]), registered_in)
        yield PAYMENT, payment_id(person, subsidy), record


def _part(division: str, row: Mapping[str, Any]) -> PartKey:
    return PartKey(division, row["sheet_month"], row["month"], PaymentNature(row["nature"]))
