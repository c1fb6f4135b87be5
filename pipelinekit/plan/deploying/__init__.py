"""What differs between what lives, what was applied and what is wanted."""
