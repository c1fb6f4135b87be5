"""Groovy under the engine that runs it on a controller."""
