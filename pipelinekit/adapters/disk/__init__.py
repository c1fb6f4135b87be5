"""The disk: files that are ours and files that somebody else wrote, each read and written within bounds."""
