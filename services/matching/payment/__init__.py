"""What a person was paid of a subsidy, month by month, as the sheets and the bank say it."""
