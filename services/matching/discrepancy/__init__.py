"""Findings: leads for a human."""
