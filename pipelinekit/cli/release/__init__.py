"""The verbs of releases: promotion, approvals, the way back, and what stops them."""
