"""An adjustment list of a county with a line that is a doubt, and one that is certain."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.matching.month_list.decider import Freeze, list_id
from services.matching.month_list.events import ListInput, ListLine, PartSize, SubsidyListFrozen
from services.matching.month_list.lines import line_id, title
from services.matching.vocabulary import ListPart, RosterKind, Subsidy

COUNTY, VILLAGE, OTHER_VILLAGE = "533401", "533401102001", "533401204203"
FREEZE_DAY, PAY_DAY = date(2026, 7, 8), date(2026, 7, 15)
LIST = list_id(COUNTY, Subsidy.LIVING, "2026-07")


def line(part: ListPart, person: int, edition: int = 1, division: str = VILLAGE) -> ListLine:
    """A line about nobody in particular."""
    return ListLine(
        line_id=line_id(LIST, edition, part, UUID(int=person)),
        part=part,
        person_id=UUID(int=person),
        division=division,
        reason="NO_CARD" if part is ListPart.STOP else None,
        grade_before=None,
        grade=3,
        yuan=Decimal(100) if part in (ListPart.ADD, ListPart.RETURNED) else None,
        months=("2026-06",) if part in (ListPart.ARREARS, ListPart.RETURNED) else (),
        valid_to=date(2026, 6, 30) if part is ListPart.STOP else None,
        decided=False,
        finding_id=None,
        unchecked=(),
    )


STOP, ADD, RETURNED = line(ListPart.STOP, 1), line(ListPart.ADD, 2), line(ListPart.RETURNED, 3, division=OTHER_VILLAGE)
FROZEN = SubsidyListFrozen(
    division=COUNTY,
    subsidy=Subsidy.LIVING,
    month="2026-07",
    edition=1,
    title=title(Subsidy.LIVING, "2026-07"),
    pay_day=PAY_DAY,
    paid_month="2026-06",
    signers=("CL", "MZ", "CZ"),
    decides="MZ",
    pays="CZ",
    readers=("CGW", "ZF"),
    owner="CL",
    inputs=(
        ListInput(kind=RosterKind.SUBSIDY_PAYMENT, period="2026-06", as_of=date(2026, 6, 30), why=None),
        ListInput(kind=RosterKind.BANK_RESULT, period=None, as_of=None, why="MISSING"),
    ),
    parts=tuple(
        PartSize(
            part=part,
            lines=int(part in (ListPart.STOP, ListPart.ADD, ListPart.RETURNED)),
            lacking=(RosterKind.BANK_RESULT,) if part is ListPart.RETURNED else (),
        )
        for part in ListPart
        if part is not ListPart.UNKNOWN
    ),
)
FREEZE = Freeze(FROZEN, (STOP, ADD, RETURNED))


def anew(edition: int) -> Freeze:
    """The same made again."""
    lines = (line(ListPart.STOP, 1, edition), line(ListPart.ADD, 2, edition), line(ListPart.RETURNED, 3, edition, OTHER_VILLAGE))
    return Freeze(replace(FROZEN, edition=edition), lines)
