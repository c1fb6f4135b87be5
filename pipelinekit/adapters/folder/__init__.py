"""The folder of an application, and what is kept beside it between verbs."""
