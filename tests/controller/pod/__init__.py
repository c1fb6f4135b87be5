"""The double as a pod of Jenkins' chart runs it: a home on a volume, its configuration, agents in pods."""
