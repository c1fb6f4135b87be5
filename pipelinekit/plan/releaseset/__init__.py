"""Release sets: their order, their plan, and how the ledger tells them."""
