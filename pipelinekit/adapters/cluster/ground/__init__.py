"""What there is before anything is deployed: namespaces, rights, storage, contexts."""
