"""What monitoring keeps of the register."""
