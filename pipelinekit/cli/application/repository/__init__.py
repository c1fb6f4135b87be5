"""Existing repositories: looked at, decided or asked, taken in."""
