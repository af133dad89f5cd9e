"""What comparisons find: leads for people to verify, until the very fact that was missing is there."""
