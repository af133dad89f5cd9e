"""Monitoring's copy, wired: it follows monitoring's events and decides nothing."""

from services.kernel.service import Room
from services.matching.monitoring_copy.projection import HOUSEHOLDS, MEASURES, RISKS, WATER

ROOM = Room(projections=(HOUSEHOLDS, WATER, RISKS, MEASURES))
