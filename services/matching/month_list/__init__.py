"""民政's month: the adjustment list of a payment, frozen before the pay day, signed by each office in turn, and what became of its lines."""
