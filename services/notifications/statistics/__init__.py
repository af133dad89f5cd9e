"""Figures, units and months of reports."""
