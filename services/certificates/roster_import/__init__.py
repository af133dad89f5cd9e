"""The operator's commands: rosters and lists in, rosters out."""
