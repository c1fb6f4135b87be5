"""Who may talk to whom: from the platform's documents to what is proven."""
