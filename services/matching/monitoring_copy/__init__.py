"""What matching keeps of monitoring."""
