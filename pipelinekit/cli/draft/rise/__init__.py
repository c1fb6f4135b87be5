"""Bringing copies up: what is made ready, built, said beside it, and done for several."""
