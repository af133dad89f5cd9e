"""Notices: the right office is told the right thing, until somebody has taken note."""
