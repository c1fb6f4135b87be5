"""The verbs of the platform: its document, its servers."""
