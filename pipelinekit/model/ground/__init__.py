"""A cluster before anything is deployed there: what is asked of it, and how it is prepared."""
