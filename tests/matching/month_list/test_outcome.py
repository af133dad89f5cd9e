"""What became of a line, by the payment sheets of its month: of several persons in one county, each with a line of a part."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from services.matching.county_facts.known import KnownLine, PaidElsewhere
from services.matching.county_facts.opened import County
from services.matching.county_facts.tables import CardStep, Person
from services.matching.month_list.decider import MONTH_LIST, Follow
from services.matching.month_list.outcome import followed
from services.matching.vocabulary import LineOutcome
from tests.matching.county_facts.lookalikes import may_be
from tests.matching.county_facts.story import PAYMENT, PERSON, TABLES, VILLAGE, Story

LIST = UUID(int=500)
# number of the line: its part, and what is paid for July (or by its sheet for June), and what becomes of it
PAID = {
    1: ("ADD", 100, LineOutcome.PAID),
    2: ("ADD", None, LineOutcome.NOT_PAID),
    3: ("STOP", 100, LineOutcome.STILL_PAID),
    4: ("STOP", None, LineOutcome.STOPPED),
    5: ("GRADE", 110, LineOutcome.PAID),
    6: ("GRADE", 100, LineOutcome.OTHER_AMOUNT),
    7: ("GRADE", None, LineOutcome.NOT_PAID),
    8: ("RENEWING", 100, LineOutcome.PAID),
    9: ("RENEWING", None, LineOutcome.NOT_PAID),
    10: ("ARREARS", 100, LineOutcome.PAID),
    11: ("ARREARS", None, LineOutcome.NOT_PAID),
    12: ("RETURNED", 100, LineOutcome.PAID),
    13: ("RETURNED", None, LineOutcome.NOT_PAID),
    14: ("ADD", None, LineOutcome.PAID),  # by another county, to which the person moved
}


def person(number: int) -> UUID:
    """The person of a line."""
    return UUID(int=600 + number)


def known(number: int, part: str, outcome: LineOutcome = LineOutcome.NOT_KNOWN, month: str = "2026-07") -> KnownLine:
    """A line of a list of July."""
    months = ("2026-06",) if part in ("ARREARS", "RETURNED") else ()
    yuan = Decimal(110) if part == "GRADE" else None
    return KnownLine(UUID(int=number), LIST, 1, month, "LIVING", part, person(number), yuan, months, outcome)


def told(county: County) -> dict[int, LineOutcome]:
    """What is said of which line."""
    found: dict[int, LineOutcome] = {}
    for decider, stream, command in followed(county):
        assert (decider, stream) == (MONTH_LIST, LIST)
        assert isinstance(command, Follow)
        found |= {each.line_id.int: each.outcome for each in command.outcomes}
    return found


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, LineOutcome]]:
    """What is said of every line of a county of which only the first sheet is there."""
    folder: Path = tmp_path_factory.mktemp("county")
    with County(folder, TABLES) as county:
        story = Story(county, "2026-06", "2026-08").card(CardStep.VALID, date(2024, 1, 1), date(2033, 12, 31), 3)
        county.run("DELETE FROM feed WHERE month = '2026-08'")
        for number, (part, yuan, _) in PAID.items():
            county.put("person", [Person(person(number), VILLAGE, "1980-01")])
            county.put("known_line", [known(number, part)])
            made_up = ("2026-06",) if part in ("ARREARS", "RETURNED") else None
            if yuan:
                story.pay("2026-07", yuan, nature="ARREARS" if made_up else "REGULAR", person=person(number), for_months=made_up)
        county.put("paid_elsewhere", [PaidElsewhere(person(14), "LIVING", "2026-07", Decimal(100))])
        county.put("known_line", [known(15, "STOP", month="2026-08"), known(16, "STOP", LineOutcome.STILL_PAID, "2026-08")])
        county.put("known_line", [known(17, "STOP", LineOutcome.STOPPED), known(18, "ADD", LineOutcome.PAID, "2025-01")])
        roster, row = story.listed(PAYMENT, "2026-07", None)
        may_be(county, roster, row, PERSON)
        county.put("known_line", [KnownLine(UUID(int=19), LIST, 1, "2026-07", "LIVING", "STOP", PERSON, None, (), "NOT_KNOWN")])
        county.derive()
        yield told(county)


@pytest.mark.parametrize("number", PAID)
def test_the_sheet_says_what_became_of_a_line(outcomes: dict[int, LineOutcome], number: int) -> None:
    assert outcomes[number] is PAID[number][2]


def test_without_its_sheet_nothing_is_known_and_what_was_is_known_no_more(outcomes: dict[int, LineOutcome]) -> None:
    assert 15 not in outcomes
    assert outcomes[16] is LineOutcome.NOT_KNOWN


def test_what_is_known_already_is_not_said_and_months_that_are_not_looked_at_stay(outcomes: dict[int, LineOutcome]) -> None:
    assert not {17, 18} & set(outcomes)


def test_whose_row_nobody_could_read_is_not_known_to_be_stopped(outcomes: dict[int, LineOutcome]) -> None:
    assert 19 not in outcomes
