"""Why a decision was taken: what was known, by which rows."""
