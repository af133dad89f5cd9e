"""The monthly report of comparisons: what was compared, what could not be, and what became of what was found."""
