"""API servers asked over one kubectl that stays, instead of one for each question."""
