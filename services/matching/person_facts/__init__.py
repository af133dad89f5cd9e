"""What other services may know of a person by the lists: one state, compacted."""
