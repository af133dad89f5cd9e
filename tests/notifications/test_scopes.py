"""Scopes stand once: a room names those that its doors ask for, and roles are made of nothing else."""

import pytest
from fastapi import APIRouter

from services.kernel.service import Room, Service
from services.notifications.policy.load import POLICY
from services.notifications.service import SERVICE
from services.shell.openapi import routed

EVERY_SERVICE = {"events.read", "operator.status"}  # the doors that all services have ask for these


def asked_for(room: Room) -> set[str]:
    """The scopes that the doors of a room ask for, as the document of its routers says."""
    document = routed(Service("notifications", POLICY, (room,)), APIRouter()).openapi()
    operations = (operation for path in document["paths"].values() for operation in path.values())
    return {operation["x-scope"] for operation in operations if "x-scope" in operation}


@pytest.mark.parametrize("room", SERVICE.rooms)
def test_a_room_names_the_scopes_that_its_doors_ask_for(room: Room) -> None:
    assert asked_for(room) == room.scopes


def test_every_scope_is_some_roles_and_no_role_has_an_unknown_one() -> None:
    granted = frozenset[str]().union(*SERVICE.roles.values())
    assert granted == EVERY_SERVICE.union(*(room.scopes for room in SERVICE.rooms))
