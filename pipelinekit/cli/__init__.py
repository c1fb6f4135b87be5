"""L4: the command line; where steps and adapters meet."""
