"""Whose card ends soon while they are paid, against what was said before. Pure but for the engine."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.domain.months import next_month
from services.kernel.service import Issued
from services.matching.county_facts.opened import County
from services.matching.entitlement.decider import STANDING, EndRisk, Warn, standing_id
from services.matching.entitlement.events import SubsidyAtRisk, SubsidyRiskEnded
from services.matching.vocabulary import RiskEnd, Subsidy

Row = Mapping[str, Any]

# Who is paid by the newest sheet, and whose last card ends within the window. Without a sheet nobody knows who is paid: what was at
# risk stays.
_AT_RISK = """
WITH newest AS (SELECT max(month) AS month FROM feed WHERE kind = 'SUBSIDY_PAYMENT' AND usable AND month IN (SELECT month FROM month)),
last_card AS (SELECT person_id, max_by(certificate_id, valid_to) AS certificate_id, max(until_day) AS until_day, max(valid_to) AS valid_to
    FROM card GROUP BY person_id),
pays AS (SELECT DISTINCT person_id, subsidy FROM paid WHERE month = (SELECT month FROM newest)),
risk AS (
    SELECT person_id, subsidy, division, certificate_id, valid_to
    FROM pays JOIN last_card USING (person_id) JOIN resident person USING (person_id)
    WHERE until_day = valid_to AND valid_to >= $1 AND valid_to - to_months($2::INT) <= $1 AND died_on IS NULL)
SELECT person_id, subsidy, coalesce(risk.division, person.division) AS division, risk.certificate_id, risk.valid_to,
    known.at_risk_card, known.at_risk_by, last_card.valid_to AS last_day, last_card.valid_to > known.at_risk_by AS renewed,
    coalesce(last_card.until_day < $1, true) AS ended, (SELECT month FROM newest) IS NULL AS unknown
FROM risk FULL JOIN (FROM known_standing WHERE at_risk_card IS NOT NULL) known USING (person_id, subsidy)
JOIN resident person USING (person_id) LEFT JOIN last_card USING (person_id)
WHERE (risk.certificate_id, risk.valid_to) IS DISTINCT FROM (known.at_risk_card, known.at_risk_by)
ORDER BY person_id, subsidy"""


def risks(county: County, today: date, months: int) -> Iterator[Issued]:
    """What is to be said of cards that end within so many months while their holders are paid; a card that another one replaced on the way is
    no risk any more."""
    for row in county.rows(_AT_RISK, today, months):
        stream = standing_id(row["person_id"], Subsidy(row["subsidy"]))
        if row["at_risk_card"] and (row["renewed"] or not row["certificate_id"]) and (why := _end_of_risk(row)):
            yield STANDING, stream, EndRisk(_risk_ended(row, why))
        if row["certificate_id"]:
            yield STANDING, stream, Warn(_at_risk(row))


def _end_of_risk(row: Row) -> RiskEnd | None:
    """None: nobody knows whether it has ended."""
    if row["renewed"]:
        return RiskEnd.RENEWED
    if row["ended"]:
        return RiskEnd.CARD_ENDED
    return None if row["unknown"] else RiskEnd.PAYMENT_ENDED


def _at_risk(row: Row) -> SubsidyAtRisk:
    return SubsidyAtRisk(
        person_id=row["person_id"],
        division=row["division"],
        certificate_id=row["certificate_id"],
        subsidy=Subsidy(row["subsidy"]),
        valid_to=row["valid_to"],
        first_month_lost=next_month(row["valid_to"]),
    )


def _risk_ended(row: Row, why: RiskEnd) -> SubsidyRiskEnded:
    return SubsidyRiskEnded(
        person_id=row["person_id"],
        division=row["division"],
        certificate_id=row["at_risk_card"],
        subsidy=Subsidy(row["subsidy"]),
        valid_to=row["at_risk_by"],
        why=why,
    )
