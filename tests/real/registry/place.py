"""A registry that is none of ours, and our client of it."""

from __future__ import annotations

from pipelinekit.adapters.registry.oci import OciRegistry

HOST = "registry.test:5000"
PLACE = f"https://{HOST}"


def client(chunk: int = 300_000) -> OciRegistry:
    """Anonymous, with small pieces."""
    return OciRegistry(lambda _: None, chunk=chunk, sleep=lambda _: None)
