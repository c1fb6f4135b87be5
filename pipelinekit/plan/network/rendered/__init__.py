"""Rendered objects to the values that a proof is about."""
