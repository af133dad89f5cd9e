"""A row of a payment sheet whose citizen id a spreadsheet made a number, and two persons whom it may mean."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.matching.link.events import Agreement, Candidate, OnList, Row
from services.matching.vocabulary import RosterKind

COUNTY, VILLAGE = "533401", "533401102001"
FEDERATION, CIVIL, SCHOOLS = f"CL:{COUNTY}:official-1", f"MZ:{COUNTY}:official-2", f"JT:{COUNTY}:official-3"
LISTED = OnList(roster_id=UUID(int=90), kind=RosterKind.SUBSIDY_PAYMENT, as_of=date(2026, 2, 28), sent_by="MZ", rows=(7,))
ROW = Row(identity=UUID(int=80), division=VILLAGE, birth_year=1980, birth_month="1980-01", male=True, lists=(LISTED,))
MEANT = Candidate(
    person_id=UUID(int=1),
    division=VILLAGE,
    birth_month="1980-01",
    male=True,
    died_on=None,
    category="HEARING",
    grade=3,
    weight=Decimal("11.20"),
    percent=99,
    fields=(
        Agreement(field="NAME", level="SAME", weight=Decimal("10.14")),
        Agreement(field="SEQUENCE", level=None, weight=Decimal("0.00")),
    ),
    also_on=(),
)
NAMESAKE = replace(MEANT, person_id=UUID(int=2), weight=Decimal("2.50"), percent=85, also_on=(RosterKind.SUBSIDY_PAYMENT,))
