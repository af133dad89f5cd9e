"""Lists against each other."""
