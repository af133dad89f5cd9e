"""政策找人: rows of the policy told to those they may concern."""
