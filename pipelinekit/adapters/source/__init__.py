"""Git: work trees, repositories elsewhere, what is kept in them."""
