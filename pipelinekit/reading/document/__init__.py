"""What all documents have alike: YAML text to data that knows its places, and faults told at them."""
