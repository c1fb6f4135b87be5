"""The verbs of an application's own files."""
