"""Who talks to whom: ports, pods, and the flows between them."""
