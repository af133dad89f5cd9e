"""Which lists are expected from whom by when, and whether they came."""
