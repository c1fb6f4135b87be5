"""Other programs: where they are, how they run, what they say and how they end."""
