"""The verbs about packs."""
