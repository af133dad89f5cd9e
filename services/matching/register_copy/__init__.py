"""What matching keeps of the register."""
