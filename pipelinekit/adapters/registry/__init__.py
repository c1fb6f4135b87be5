"""Registries of images and charts, over HTTP: what is there, storing, copying, logins, signatures."""
