"""L1: frozen values; what the documents, receipts and generated files are made of."""
