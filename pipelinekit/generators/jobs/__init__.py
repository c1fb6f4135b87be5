"""The scripts of Jenkins' jobs that work for the platform itself: thin, and none loads a library."""
