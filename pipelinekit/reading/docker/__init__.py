"""Dockerfiles and what belongs to them."""
