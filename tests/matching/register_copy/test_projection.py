"""Persons as the register tells of them: where they live, and whether they do."""

from datetime import date

from services.certificates.person import events as person
from services.matching.register_copy.projection import MOVES, PERSONS, Death, PersonMoveRow, PersonRow
from tests.matching.samples import FAR, STREAM, VILLAGE, rows, told

REGISTERED = person.PersonRegistered(birth_month="1980-01", division=VILLAGE)
MOVED = person.PersonMoved(from_division=VILLAGE, to_division=FAR, moved_on=date(2026, 5, 10))
BACK = person.PersonMoved(from_division=FAR, to_division=VILLAGE, moved_on=date(2026, 8, 1))
DIED = person.PersonDied(died_on=date(2026, 4, 2), evidence="letter")
ALIVE = person.PersonDeathCorrected(corrected_on=date(2026, 6, 20), evidence="seen")
TOLD = date(2026, 6, 1)  # the day of `told`
NONE = Death(date(2026, 4, 2), TOLD, alive_on=date(2026, 6, 20))


def test_a_person_lives_where_the_last_move_went() -> None:
    assert rows(PERSONS, REGISTERED, MOVED) == [PersonRow(STREAM, FAR, "1980-01", TOLD)]


def test_each_move_is_kept_in_order() -> None:
    assert rows(MOVES, REGISTERED, MOVED, BACK) == [
        PersonMoveRow(STREAM, 2, FAR, VILLAGE, date(2026, 5, 10), TOLD),
        PersonMoveRow(STREAM, 3, VILLAGE, FAR, date(2026, 8, 1), TOLD),
    ]


def test_a_death_is_known_from_the_day_on_which_it_was_told() -> None:
    past = (told(REGISTERED), told(DIED, 2, on=date(2026, 6, 10)))
    assert rows(PERSONS, *past) == [PersonRow(STREAM, VILLAGE, "1980-01", TOLD, (Death(date(2026, 4, 2), date(2026, 6, 10)),))]


def test_who_lives_after_all_is_known_to_have_lived_on_that_day() -> None:
    assert rows(PERSONS, REGISTERED, DIED, ALIVE) == [PersonRow(STREAM, VILLAGE, "1980-01", TOLD, (NONE,))]


def test_a_death_after_that_is_a_death() -> None:
    (row,) = rows(PERSONS, REGISTERED, DIED, ALIVE, DIED)
    assert row.deaths == (NONE, Death(date(2026, 4, 2), TOLD))
