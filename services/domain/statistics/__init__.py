"""Numbers of reports: added up by unit, with their wholes and changes, and kept back where they are small."""
