"""Doors of applications and certificates."""
