"""What other services may know of a person, wired: it follows the rooms before it, and decides nothing."""

from services.kernel.service import Room
from services.matching.person_facts.projection import PERSON_FACTS

ROOM = Room(projections=(PERSON_FACTS,))
