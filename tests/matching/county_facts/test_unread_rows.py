"""A row whose citizen id cannot be used, from what the register published to what is asked of the list."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

from services.matching.vocabulary import RosterKind
from tests.matching.county_facts.database import Database, indexed
from tests.matching.samples import OTHER, PERSON
from tests.world import World

TODAY = date(2026, 5, 6)


async def test_who_may_be_meant_by_a_row_without_a_usable_id_is_neither_on_the_list_nor_absent(place: World) -> None:
    database = await Database(place).open()
    await database.deliver(*database.registered(PERSON), *database.registered(OTHER))
    said = indexed(PERSON)
    unread = {
        "who_identity": uuid4(),
        "who_name": said.name_feature,
        "who_sounds": list(said.sound_features),
        "who_birth_month": "1980-01",
        "who_birth_year": 1980,
        "who_born": said.born_feature,
        "subsidy": "LIVING",
        "amount": Decimal(100),
        "nature": "REGULAR",
    }
    await database.sent(RosterKind.SUBSIDY_PAYMENT, "2026-03", [unread])
    with database.county() as made:
        await database.take(made, ["2026-03"], TODAY)
        made.derive()
        assert made.ask("SELECT person_id FROM candidate") == [(PERSON,)]
        on_it = "SELECT on_list('SUBSIDY_PAYMENT', '2026-03', ?)"
        assert [made.ask(on_it, who) for who in (PERSON, OTHER)] == [[(None,)], [(False,)]]
