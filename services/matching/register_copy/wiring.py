"""The register's copy, wired: it follows the register's state topics and decides nothing."""

from services.kernel.service import Room
from services.matching.register_copy.projection import CERTIFICATES, PERSON_INDEX

ROOM = Room(projections=(PERSON_INDEX, CERTIFICATES))
