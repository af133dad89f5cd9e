"""Rounds of home assessment (上门评残)."""
