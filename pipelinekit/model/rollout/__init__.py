"""A rollout: what components say of themselves, how they stand, what is planned, and what they take along."""
