"""Who logs in to a registry, and how: what is asked, what answers it, where it is kept."""
