"""What the inner loop decides: where a developer's copy goes, what is kept from it, what it is told."""
