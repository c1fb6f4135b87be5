"""What people and machines read of a verb: its progress, its result, its errors and their next steps."""
