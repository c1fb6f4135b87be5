"""Repositories whose files are too large, too deep, of another kind, or without end."""
