"""A county of nobody: everything that nine agencies would send over some months, with errors whose findings are known.

A leaf of the sandbox: it imports of the services the words of the field only (`services.domain`), so that no rule can agree with itself. The
same arguments write the same bytes. Citizen ids carry the division 533499, which was never assigned.
"""
