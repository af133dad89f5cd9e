"""Offices answer on their own topic."""
