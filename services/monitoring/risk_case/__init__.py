"""A risk from lead to case, measures and elimination."""
