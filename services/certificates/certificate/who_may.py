"""Division of duties (办法 arts 6, 7; joint opinion, part 5): which office, at which level, may ask for what, and through which endpoint.

The township pre-checks and forwards; the village posts the notice and helps to apply; the county federation accepts, reviews and issues;
the health bureau schedules and supervises but cannot enter a conclusion; the institution, and only the one ordered, concludes; the
prefecture's federation decides disputes. What a command's class says of this (`asked_by`) is kept in one table, `ASKED`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

from services.certificates.offices import Offices, require_office
from services.domain.actors import Actor
from services.domain.divisions import Level
from services.kernel.errors import Forbidden
from services.kernel.events import Context

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a command, and how.

    `offices`: who may, at which level; none for what the `machine` alone notes, or the ordered `institution` alone concludes. `machine`:
    a due row, a list or a roster may, too. `elsewhere`: who may instead while the notice hangs in another county's village (跨省通办).
    `scope`: what its endpoint asks for; `path`: its endpoint under a certificate's, when it is this command and nothing else; `in_batches`:
    it says nothing but itself, so a clerk may take it for many certificates at once.
    """

    offices: Offices = ()
    scope: str = ""
    path: str = ""
    in_batches: bool = False
    machine: bool = False
    institution: bool = False
    elsewhere: Offices = ()


ASKED: dict[type, Asked] = {}


@dataclass_transform(frozen_default=True)
def asked_by(
    *offices: tuple[str, Level],
    scope: str = "",
    path: str = "",
    in_batches: bool = False,
    machine: bool = False,
    institution: bool = False,
    elsewhere: Offices = (),
) -> Callable[[type[T]], type[T]]:
    """Make a class an immutable command, and say who asks for it and how; see `Asked`."""

    def made(cls: type[T]) -> type[T]:
        command = dataclass(frozen=True, slots=True)(cls)
        ASKED[command] = Asked(offices, scope, path, in_batches, machine, institution, elsewhere)
        return command

    return made


def scope_of(command: type) -> str:
    """The scope that the endpoint of a command asks for."""
    return ASKED[command].scope


def agencies() -> frozenset[str]:
    """The codes of all agencies that have a duty; who else acts is an institution."""
    return frozenset(agency for asked in ASKED.values() for agency, _ in asked.offices)


def may(command: object, context: Context, institution: str | None, elsewhere: bool) -> None:
    """Raises `Forbidden("not_your_duty")` unless the actor's office does this.

    `institution`: the one the assessment was ordered from; `elsewhere`: the notice hangs in a village of another county (跨省通办),
    for which the county of the hukou records what that county reports.
    """
    asked, actor = ASKED[type(command)], Actor.parse(context.actor)
    if actor.is_machine:
        if not asked.machine:
            raise Forbidden("not_your_duty", "须由人办理，系统不得自行决定")
        return
    if asked.institution:
        if institution is not None and actor.agency != institution:
            raise Forbidden("not_your_duty", "评定结论只能由受委托的评定机构录入")
        return
    if not asked.offices:
        raise Forbidden("not_your_duty", "由系统按日期办理")
    require_office(context, asked.elsewhere if elsewhere and asked.elsewhere else asked.offices)
