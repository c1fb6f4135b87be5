"""The pages of docs/ that are made from the code: commands, keys and codes."""
