"""Pods: what runs, what it says, and why it does not."""
