"""Visits that are planned, made, missed or withdrawn."""
