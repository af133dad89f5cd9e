"""What visits saw, and the rules over it. They are recorded in `household/`, in the stream of the household."""
