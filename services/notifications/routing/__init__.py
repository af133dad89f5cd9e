"""Which event tells which office what, and what follows from a notice."""
