"""Whom a row without a usable citizen id means: candidates, and what named officials decide of them."""
