"""Endpoints of applications and certificates."""
