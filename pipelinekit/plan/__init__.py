"""L2: values to values; what should be done, decided without touching anything."""
