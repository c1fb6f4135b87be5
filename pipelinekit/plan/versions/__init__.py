"""Which version a revision has."""
