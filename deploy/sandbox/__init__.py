"""The outside world, simulated: a synthetic prefecture, its agencies and its files. It uses the system's doors only.

Nothing here is part of the system, and no name, number or address in it belongs to anybody: citizen ids carry the division 533499,
which has never been assigned.
"""
