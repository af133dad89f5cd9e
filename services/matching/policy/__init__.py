"""Rates, comparisons and announcements as rows."""
