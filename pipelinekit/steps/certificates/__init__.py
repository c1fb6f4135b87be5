"""Look after a cluster's certificates: looked at first, then made, renewed, and seen at the servers."""
