"""Questions from documents: passages, what ties documents together, and chains of them."""
