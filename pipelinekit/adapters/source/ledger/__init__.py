"""The release ledger in a git repository."""
