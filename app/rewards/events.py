"""What happened to rewards."""
