"""Rules tried by an operator: as of a past day, or rows that are not in force yet, over months that are over. Nothing is stored or told."""
