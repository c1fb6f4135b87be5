"""Promotion: a recorded release into the next environment, or back out of it."""
