"""The register's rooms say which scopes their doors ask for, and a role holds nothing else."""

from dataclasses import replace

import pytest
from fastapi import APIRouter

from services.certificates.service import SERVICE
from services.kernel.service import Room
from services.shell.openapi import document, routed

OF_EVERY_SERVICE = {"events.read", "operator.status"}  # asked for by the doors that every service has


def asked_for(room: Room) -> set[str]:
    """The scopes that the doors of one room name."""
    paths = document(routed(replace(SERVICE, rooms=(room,)), APIRouter()))["paths"]
    return {operation["x-scope"] for operations in paths.values() for operation in operations.values()}


@pytest.mark.parametrize("place", range(len(SERVICE.rooms)), ids=lambda place: sorted(SERVICE.rooms[place].scopes)[0])
def test_a_room_names_every_scope_that_its_doors_ask_for(place: int) -> None:
    room = SERVICE.rooms[place]
    asked = asked_for(room)
    assert asked
    assert asked <= room.scopes


def test_every_role_holds_known_scopes_and_every_scope_has_a_role() -> None:
    held = set().union(*SERVICE.roles.values())
    assert held == OF_EVERY_SERVICE.union(*(room.scopes for room in SERVICE.rooms))
