"""Lists as files: what officials call the columns, how a sheet looks, what goes wrong in it, and the formats."""
