"""Bundles on disk: OCI's layout, and what is beside it."""
