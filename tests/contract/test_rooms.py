"""Rooms and roles fit together: a room names the scopes that its doors ask for, and roles have every scope of a room and no other."""

from collections.abc import Iterator

import pytest

from services.kernel.service import Room, Service
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.shell import common_api

WIRED = (MONITORING, MATCHING)
ROOMS = [pytest.param(room, id=f"{service.name}-{number}") for service in WIRED for number, room in enumerate(service.rooms)]


def asked(*routers: object) -> Iterator[str]:
    """The scopes that the doors of routers ask for."""
    for router in routers:
        for route in router.routes:  # type: ignore[attr-defined]
            yield from (scope for needed in route.dependant.dependencies if (scope := getattr(needed.call, "scope", None)))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_names_the_scopes_that_its_doors_ask_for(room: Room) -> None:
    assert frozenset(asked(*room.routers)) == room.scopes


@pytest.mark.parametrize("service", WIRED, ids=lambda service: service.name)
def test_roles_have_every_scope_of_a_room_and_no_other(service: Service) -> None:
    of_rooms = frozenset().union(*(room.scopes for room in service.rooms))
    assert frozenset().union(*service.roles.values()) == of_rooms | frozenset(asked(common_api.router))
