"""Which card to renew first, and how many come when."""
