"""Promotions in Jenkins: what its jobs ask, and starting one from a terminal."""
