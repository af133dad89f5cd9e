"""The register against all lists: deaths, moves, names."""

from collections.abc import Iterator

from deploy.sandbox.county.names import same
from deploy.sandbox.county.reference.rules import Found, Period, rule
from deploy.sandbox.county.reference.view import View
from deploy.sandbox.county.world import card_on


@rule("DEAD_ON_LIST", "INFO_MISMATCH", "CL", Period.MONTH, "register")
def dead_on_list(view: View) -> Iterator[Found]:
    """A list of deaths has somebody who, by the register, lives and had a valid card on the day of death."""
    for row in view.rows("DEATHS"):
        person = view.register.by_id.get(row["citizen_id"])
        if person and view.register.registered_death(person) is None and card_on(view.register.cards(person), row["died_on"]):
            yield Found(row["citizen_id"], "DEATH")


@rule("MOVED_ON_LIST", "INFO_MISMATCH", "CL", Period.MONTH, "register")
def moved_on_list(view: View) -> Iterator[Found]:
    """A list of moves has somebody as gone to another province whom the register still has here with a valid card."""
    for row in view.rows("MOVES"):
        person = view.register.by_id.get(row["citizen_id"])
        if person and row["to"] == "省外" and view.register.registered_move(person) is None:
            had_card = card_on(view.register.cards(person), row["moved_on"])
            if had_card:
                yield Found(row["citizen_id"], "MOVE")


@rule("NAME_DIFFERS", "INFO_MISMATCH", "CL", Period.DAY, "the list with the name")
def name_differs(view: View) -> Iterator[Found]:
    """A list has another name under a registered id, in no spelling the same; □ and ? stand for any character. One finding a sender."""
    for sheet in view.county.sheets[view.period].values():
        for row in sheet.rows:
            if "written" in row and "unusable" not in row and (person := view.register.by_id.get(row["citizen_id"])):
                other = not same(row["written"], person.name)
                if other:
                    yield Found(row["citizen_id"], sheet.agency, sheet.agency)
