"""Clusters of pods and policies, made for tests of who may talk to whom."""
