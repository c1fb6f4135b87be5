"""Everything that a proof of the network is about, from the platform's folder: documents and objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.cli.platform.components.parts import Rollout
from pipelinekit.errors import refused

if TYPE_CHECKING:
    from pipelinekit.model.app import App
    from pipelinekit.model.platform.document import Environment
    from pipelinekit.model.release import Target
    from pipelinekit.model.tree import Tree
    from pipelinekit.plan.network.rendered.assembly import Rendered
    from pipelinekit.steps.network.closure import Closure


class _Looked(Rollout):
    """A platform that is looked at: an environment with a gate is as good as another one."""

    @cached_property
    def environment(self) -> Environment:
        found = self.platform.environments[0]
        return (
            (self.platform.environment(self._environment) or super().environment)
            if self._environment
            else found
        )


def closure(platform: str, environment: str, folder: str) -> Closure:
    """The platform at an address in an environment; `folder` has objects that somebody has rendered."""
    from pipelinekit import __version__
    from pipelinekit.adapters.folder import packaged
    from pipelinekit.plan.site import site_of
    from pipelinekit.steps.network import releases
    from pipelinekit.steps.network.closure import Closure

    here = _Looked(platform, environment)
    apps, unseen = _applications(here)
    given = {each.owner: each for each in _given(apps, here, folder)} if folder else {}
    missing = {title: why for title, why in unseen.items() if title not in given}
    generated = [each for each in apps if each.title not in (given.keys() | unseen.keys())]
    site = site_of(here.platform, None, library=__version__)
    made = releases.of_applications(
        generated, here.platform, here.environment, site, packaged.templates(), _template(here)
    )
    parts = releases.of_components(list(here.parts.values()), here.shelf, here.helm)
    return Closure(
        platform=here.platform,
        environment=here.environment,
        components=here.on,
        apps=[each for each in apps if each.title not in missing],
        rendered=[*parts, *given.values(), *made],
        unseen=missing,
    )


def _applications(here: Rollout) -> tuple[list[App], dict[str, str]]:
    """Those of the lock; and by title, why the objects of some cannot be known from their descriptors."""
    from pipelinekit.adapters.source import platforms
    from pipelinekit.reading.app import read_app
    from pipelinekit.reading.platform.lock import FILE

    lock = platforms.read_lock(here.folder / FILE)
    apps, unseen = [], {}
    for each in here.platform.applications:
        locked = lock.of(each)
        if locked is None:
            hint = "`pipelinekit platform sync` reads the descriptors"
            raise refused("not-locked", f"{each.title} is in no {FILE} beside platform.yaml", hint=hint)
        app = read_app(locked.descriptor, locked.origin)
        apps.append(app)
        if app.chart:
            unseen[app.title] = f"{app.title} keeps a chart of its own: its objects are not known here"
    return apps, unseen


def _given(apps: Sequence[App], here: Rollout, folder: str) -> list[Rendered]:
    """The objects of applications that somebody has rendered."""
    from pipelinekit.adapters.disk import files
    from pipelinekit.plan.release import target_of
    from pipelinekit.steps.network import releases

    if not Path(folder).is_dir():
        raise refused("folder-missing", f"there is no folder {folder}", hint="--rendered DIR")
    found = []
    for app in apps:
        path = Path(folder, app.team, f"{app.name}.yaml")
        if path.is_file():
            target = target_of(app, here.platform, here.environment)
            found.append(releases.rendered(app.title, target, files.read_text(path), str(path)))
    return found


def _template(here: Rollout) -> Callable[[Tree, str, Target, Sequence[str]], str]:
    def template(tree: Tree, folder: str, target: Target, values: Sequence[str]) -> str:
        from pipelinekit.adapters.disk import files, momentary

        with momentary.folder() as scratch:
            for path, file in tree.items():
                if path.startswith(folder + "/"):
                    files.write_atomic(Path(scratch, path), file.text)
            return here.helm.render(Path(scratch, folder), target, values)

    return template
