"""L2: text to models. The only place that validates: after it, code trusts the types."""
