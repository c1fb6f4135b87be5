"""Sources that are copied into running pods."""
