"""Rooms and roles fit together: a room names every scope that its endpoints ask for, and whatever else it names opens more behind them."""

from collections.abc import Iterable

import pytest

from services.certificates.service import SERVICE as CERTIFICATES
from services.kernel.service import OF_EVERY_SERVICE, Room
from services.matching.service import SERVICE as MATCHING
from services.monitoring.service import SERVICE as MONITORING
from services.notifications.service import SERVICE as NOTIFICATIONS
from services.shell.http import common_api
from services.shell.http.openapi import scope_of

SERVICES = (CERTIFICATES, MONITORING, MATCHING, NOTIFICATIONS)
WITHIN = {
    "certificates": {"counts.exact", "certificates.decide", "decisions.attribute"},
    "monitoring": set[str](),
    "matching": set[str](),
    "notifications": set[str](),
}
ROOMS = [pytest.param(room, id=f"{service.name}-{number}") for service in SERVICES for number, room in enumerate(service.rooms)]


def asked_for(*routers: object) -> set[str]:
    """The scopes that the endpoints of routers ask for."""
    routes: Iterable[object] = (route for router in routers for route in router.routes)  # type: ignore[attr-defined]
    return {scope for route in routes if (scope := scope_of(route.dependant))}  # type: ignore[attr-defined]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_names_the_scopes_that_its_doors_ask_for(room: Room) -> None:
    assert asked_for(*room.routers) <= room.scopes


def test_what_a_room_names_beside_is_known_to_open_more_behind_its_doors() -> None:
    beside = {
        service.name: {scope for room in service.rooms for scope in room.scopes - asked_for(*room.routers)} for service in SERVICES
    }
    assert beside == WITHIN


def test_the_doors_of_every_service_ask_for_the_scopes_of_every_service() -> None:
    assert asked_for(common_api.router) == OF_EVERY_SERVICE
