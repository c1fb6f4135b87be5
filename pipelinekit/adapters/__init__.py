"""L3: one module a tool; each satisfies a port."""
