"""Households and the visits to them."""
