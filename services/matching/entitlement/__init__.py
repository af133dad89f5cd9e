"""Who may have which subsidy, when that is at risk, and what civil affairs decided."""
