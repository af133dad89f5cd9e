"""Doors of the front desk."""
