"""What all four services must agree on: events, deciding, storing, delivering, projecting. No domain word lives here."""
