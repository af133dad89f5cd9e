"""The engine that leads letters outside, at most once for each time their fate became unknown."""
