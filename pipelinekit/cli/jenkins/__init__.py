"""The verbs that work on a Jenkins controller."""
