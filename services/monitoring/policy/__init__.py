"""Rules and rows of monitoring."""
