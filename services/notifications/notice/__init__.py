"""One notice: told, taken note of, acted on, climbing."""
