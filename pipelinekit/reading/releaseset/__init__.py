"""The document of a release set."""
