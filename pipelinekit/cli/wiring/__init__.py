"""Where steps and adapters meet: what a verb is given, from its options and the environment."""
