"""Nexus' data, and what is copied of it while it runs."""

import pathlib

import copies

DATA = pathlib.Path("/nexus-data")
PARTS = ("blobs", "etc", "keystores")
"""The blob stores that are on it, which write each blob once, and what the server is known by."""


def files(data):
    """Every file of these, by its path from there; none of one that is a link elsewhere."""
    for part in PARTS:
        if (data / part).is_symlink():
            continue
        for name, path in copies.files(data / part):
            yield f"{part}/{name}", path
