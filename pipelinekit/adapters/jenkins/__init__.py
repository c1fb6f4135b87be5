"""A Jenkins controller over REST."""
