"""The platform's document and its lock."""
