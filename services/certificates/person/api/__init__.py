"""Endpoints of persons."""
