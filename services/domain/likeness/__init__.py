"""By what two persons, or a person and a row, are alike where no citizen id says that they are the same."""
