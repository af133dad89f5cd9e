"""Doors of persons."""
