"""Persons: the only place with names, numbers and phones."""
