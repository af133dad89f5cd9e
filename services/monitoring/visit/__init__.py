"""What visits saw, and the rules over it. They are recorded in the stream and through the doors of the household."""
