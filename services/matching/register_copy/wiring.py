"""The register's copy, wired: it follows the register's events and state topics, and decides nothing."""

from services.kernel.service import Room
from services.matching.register_copy.card_projection import CARD_CHANGES, HOME_REQUESTS, RENEWALS
from services.matching.register_copy.projection import CERTIFICATES, MOVES, PERSON_INDEX, PERSONS

ROOM = Room(projections=(PERSON_INDEX, CERTIFICATES, PERSONS, MOVES, CARD_CHANGES, HOME_REQUESTS, RENEWALS))
