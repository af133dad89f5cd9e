"""How long each stage takes, and the yearly appraisal."""
