"""How an office is told outside: its channels, addresses and cursor."""
