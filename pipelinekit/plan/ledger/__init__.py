"""The ledger's texts: what a commit of it is, whose signature it has, and whether it counts."""
