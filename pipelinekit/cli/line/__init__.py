"""The verbs of the line, from test to verify, and what they left."""
