"""The verbs of Draft."""
