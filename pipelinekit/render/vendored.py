"""A `Vendored` to the text of `archive.lock.yaml`."""

from __future__ import annotations

from pipelinekit.model.rollout.vendored import Vendored
from pipelinekit.render.escape import yaml_block

HEAD = "# Written by `pipelinekit platform vendor`; commit it.\n"


def vendored_text(lock: Vendored) -> str:
    """The lock as YAML, images in the order of their names; the same lock gives the same text."""
    archive = {each: getattr(lock, each) for each in ("name", "repository", "version", "digest")}
    return HEAD + yaml_block({"archive": archive, "images": dict(sorted(lock.images.items()))})
