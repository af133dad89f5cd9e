"""Who is paid which subsidy, and when that is at risk."""
