"""A written county played through the doors of the four services, and what they found compared with its answer key."""
