"""orders: an HTTP service on the standard library alone."""
