"""Visits, wired: rows of what was seen. They are recorded through the household's endpoints."""

from services.kernel.service import Room
from services.monitoring.visit.projection import VISITS

ROOM = Room(projections=(VISITS,))
