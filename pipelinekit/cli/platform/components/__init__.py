"""The verbs of the platform's components."""
