"""What the relay is made of: where a message goes, and what waits."""
