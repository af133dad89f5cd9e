"""Matching: rosters of the agencies come in, are compared, and what does not fit becomes a finding for a person to verify."""
