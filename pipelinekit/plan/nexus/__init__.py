"""A Nexus: what is wanted on it, and what differs from it."""
