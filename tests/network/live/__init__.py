"""A cluster that was rendered, on a real network that enforces policies."""
