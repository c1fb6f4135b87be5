"""Flows that are declared, and the pods at their ends."""
