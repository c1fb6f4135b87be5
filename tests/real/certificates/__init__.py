"""Certificates on a real cluster, from the command line of a platform's engineer."""
