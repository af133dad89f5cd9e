"""Monitoring against return to poverty: households, visits, leads, cases, measures and their checks."""
