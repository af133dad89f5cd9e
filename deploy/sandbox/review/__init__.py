"""The year in review: what came out of the system's doors, in numbers, and whether it agrees with what the sandbox put in."""
