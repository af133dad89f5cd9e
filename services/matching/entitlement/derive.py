"""What a county's facts say of payments and standings, against what was said before: the commands that make the difference up.

Pure but for the engine. Derived from what is known now and from nothing else, so the order in which lists come in decides nothing.
"""

from collections.abc import Sequence
from datetime import date

from services.domain.months import add_months, month_of
from services.kernel.service import Issued
from services.matching.county_facts.opened import County
from services.matching.entitlement.approval import decisions
from services.matching.entitlement.likely import judgements
from services.matching.entitlement.risk import risks
from services.matching.payment import derive as payment
from services.matching.policy.load import MatchingPolicy

RISK = "card-ends"  # the row of the policy that says how long before


def commands(county: County, division: str, today: date, policy: MatchingPolicy) -> Sequence[Issued]:
    """For a county (`division`: its code) whose facts are derived, `today` in Asia/Shanghai: what is to be said of payments; and when its
    months reach up to the last one that is over, of who may have what now. Nothing is said because of a list that cannot be used."""
    issued = list(payment.derive(county, division))
    newest = county.ask("SELECT max(month) FROM month")[0][0]
    if newest is not None and newest >= month_of(add_months(today, -1)):
        window = policy.risk_windows.one(RISK, today, division)
        issued += [*judgements(county), *risks(county, today, window.months), *decisions(county)]
    return issued
