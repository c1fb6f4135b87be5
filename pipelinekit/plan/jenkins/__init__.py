"""What Jenkins should have."""
