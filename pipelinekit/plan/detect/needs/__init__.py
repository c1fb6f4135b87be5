"""What a program needs from what it runs in: variables, memory, folders and files."""
