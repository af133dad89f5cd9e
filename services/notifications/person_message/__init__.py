"""Persons told in person, by text or call."""
