"""Bundles for sites without internet: gathered, filled, loaded."""
