"""The inner loop: a developer's sources, running in their own namespace."""
