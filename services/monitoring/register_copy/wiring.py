"""The register's copy, wired: it follows the register's events and decides nothing."""

from services.kernel.service import Room
from services.monitoring.register_copy.projection import PERSONS

ROOM = Room(projections=(PERSONS,))
