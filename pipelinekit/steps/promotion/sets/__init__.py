"""Release sets: as they stand, brought member by member, and taken back."""
