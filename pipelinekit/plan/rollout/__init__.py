"""What a rollout of components decides: order, readiness, what cannot be done, before anything is done."""
