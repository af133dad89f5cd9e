"""Match weights estimated offline, by a library that the services do not need."""
