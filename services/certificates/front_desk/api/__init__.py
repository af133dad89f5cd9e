"""Endpoints of the front desk."""
