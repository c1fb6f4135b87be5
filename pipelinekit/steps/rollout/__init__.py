"""Rolling out the platform's components: each by the line that applications take, in their order."""
