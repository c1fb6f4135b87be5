"""Gates: what has to be true before a release moves, each a function of ledger, plan and clock."""
