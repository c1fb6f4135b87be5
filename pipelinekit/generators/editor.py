"""What an editor needs to complete and check `app.yaml` while it is written."""

from __future__ import annotations

from collections.abc import Iterable

from pipelinekit.model.app import App
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import FilePlan

SCHEMA = ".pipelinekit/app.schema.json"
"""Named in the first line of a generated `app.yaml`, as the YAML language server wants it."""


def plan(app: App, site: Site) -> Iterable[FilePlan]:
    """The document's JSON Schema, beside the application, so that no editor needs the network."""
    del app, site
    yield FilePlan(path=SCHEMA, template="editor/app.schema.json")
