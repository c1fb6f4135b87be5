"""What a deployment does to a cluster, and what it waits for."""
