"""What a service's wiring promises before anything runs: whose a class is, and names that stand once."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest

from services.certificates.certificate.card.events import CertificateIssued
from services.engine.runtime import Runtime
from services.kernel.events import service_of, topic_of
from services.kernel.service import Room, Service
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS
from tests.kernel import toy


async def _idle(_: Runtime) -> None:
    """A loop that has nothing to do."""


def test_a_class_belongs_to_the_first_package_under_services_in_whatever_room_it_stands() -> None:
    deep = type("Deep", (), {"__module__": "services.certificates.certificate.decider.card.events"})
    assert service_of(CertificateIssued) == service_of(deep) == "certificates"
    assert topic_of(deep) == "certificates.events.v1"


def test_a_class_outside_services_names_its_service_or_belongs_to_none() -> None:
    class Sample:
        SERVICE: ClassVar[str] = "toys"

    assert service_of(Sample) == "toys"
    with pytest.raises(TypeError, match="names no SERVICE"):
        service_of(type("Nobodys", (), {}))


def test_names_that_must_stand_once_are_refused_twice() -> None:
    parts: tuple[tuple[dict[str, Any], str], ...] = (
        ({"reactions": (toy.FOLLOWS,)}, "two reactions are named follow"),
        ({"duties": (toy.STUCK,)}, "two duties are of the kind TOY"),
        ({"projections": (toy.FOREIGN,)}, "two projections write the table tally"),
    )
    for part, refusal in parts:
        with pytest.raises(TypeError, match=refusal):
            replace(toy.FOLLOWER, rooms=(toy.FOLLOWING, Room(duties=(toy.STUCK,)), Room(**part)))


def test_roles_hold_the_scopes_of_the_rooms_and_no_other() -> None:
    room = Room(scopes=frozenset({"letters.read", "letters.write"}))
    roles = {"clerk": frozenset({"letters.read", "events.read"}), "chief": frozenset({"letters.write"})}
    assert Service("monitoring", toy.Policy(), (room,), roles).rooms == (room,)
    with pytest.raises(TypeError, match=r"a role holds what no room asks for: letters\.burn"):
        Service("monitoring", toy.Policy(), (room,), {**roles, "thief": frozenset({"letters.burn"})})
    with pytest.raises(TypeError, match=r"no role holds letters\.write"):
        Service("monitoring", toy.Policy(), (room,), {"clerk": roles["clerk"]})


def test_reactions_keep_the_names_from_which_the_ids_of_their_effects_follow() -> None:
    """A name may be added here, never changed: an event that comes again would have its effects again, under other ids."""
    names = {service.name: {reaction.name for reaction in service.reactions} for service in (MONITORING, MATCHING, NOTIFICATIONS)}
    assert names == {
        "monitoring": {"leads_from_visit", "lead_from_expiry", "leads_from_finding", "visit_for_reminder", "no_visit_to_the_dead"},
        "matching": set(),
        "notifications": {
            "route",
            "tell_next",
            "give_back",
            "tell_lead",
            "tell_disabled",
            "stand_down",
            "settle",
            "withdraw",
            "owe",
            "visited",
            "tell_persons",
        },
    }


def test_a_service_is_its_rooms_in_order() -> None:
    first, second = Room(loops=(_idle,)), Room(deciders=(toy.PERSON,), loops=(_idle, _idle))
    made = Service("monitoring", toy.Policy(), (first, toy.FOLLOWING, second))
    assert made.deciders == (toy.HOUSEHOLD, toy.PERSON)
    assert made.loops == (_idle, _idle, _idle)
    assert made.projections == (toy.FOREIGN, toy.INDEX)
