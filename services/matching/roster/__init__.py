"""Rosters that agencies send."""
