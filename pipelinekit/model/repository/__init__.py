"""What the files of a repository say, and the services that are seen in it."""
