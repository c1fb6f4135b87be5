"""What is looked at of a rollout, and changes nothing: plans, preflights, statuses."""
