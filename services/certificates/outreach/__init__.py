"""应办未办: who could have a certificate and has none."""
