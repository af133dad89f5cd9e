"""The second chapter: from issue to ending."""
