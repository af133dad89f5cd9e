"""What visits saw, and the rules over it."""
