"""L2: which files an application should have. A generator is a module with `plan(app, site)`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pipelinekit.generators import chart, dockerfile, draftpack, editor, jenkinsfile
from pipelinekit.model.app import App
from pipelinekit.model.platform.site import Site
from pipelinekit.model.tree import FilePlan


class Generator(Protocol):
    """What a generator's module offers."""

    def plan(self, app: App, site: Site) -> Iterable[FilePlan]:
        """The files that it wants for an application."""
        ...


GENERATORS: dict[str, Generator] = {
    "jenkinsfile": jenkinsfile,
    "dockerfile": dockerfile,
    "chart": chart,
    "draft": draftpack,
    "editor": editor,
}


def plan_files(app: App, site: Site) -> tuple[FilePlan, ...]:
    """Every file that pipelinekit generates for an application, in the order of the generators."""
    return tuple(plan for generator in GENERATORS.values() for plan in generator.plan(app, site))
