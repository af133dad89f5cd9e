"""What runs for ever in a process: relay, delivery, schedule, rebuild, quarantine, retention."""
