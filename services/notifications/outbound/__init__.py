"""Where the engine meets the channels of this machine, and everything that a delivery may be about."""
