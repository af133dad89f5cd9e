"""What waits where: boards and open notices of a county."""
