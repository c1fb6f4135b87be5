"""A platform to begin with, and whether what it names answers."""
