"""Doors of oversight."""
