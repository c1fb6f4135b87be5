"""The files that make the generated application a Draft application: `draft up` works beside the pipeline."""

from __future__ import annotations

from collections.abc import Iterable

from pipelinekit.model.app import App
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import FilePlan


def plan(app: App, site: Site) -> Iterable[FilePlan]:
    """`draft.toml` and the two files that go with it; chart and Dockerfile are the generated ones."""
    del site
    inputs = {
        "name": app.name,
        "args": dict(sorted(app.build.args.items())),
    }
    yield FilePlan(path="draft.toml", template="draft/draft.toml.j2", inputs=inputs)
    yield FilePlan(path=".draft-tasks.toml", template="draft/.draft-tasks.toml")
    yield FilePlan(path=".draftignore", template="draft/.draftignore")
