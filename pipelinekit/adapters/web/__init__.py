"""HTTP as all our clients speak it."""
