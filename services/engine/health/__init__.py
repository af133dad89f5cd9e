"""What is there, and what gets on."""
