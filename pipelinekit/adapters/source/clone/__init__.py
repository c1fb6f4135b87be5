"""What a clone says without being asked over the network: its tags, contents and files."""
