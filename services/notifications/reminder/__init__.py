"""One reminder owed to a holder, rung by rung until a proof is there."""
