"""What keeps jobs from being applied: plugins and credentials that a controller lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field, replace

from pipelinekit.model.jenkins.jobconfig import Config
from pipelinekit.model.jenkins.jobplan import Action, Change, Found, JobPlan, Wanted
from pipelinekit.model.jenkins.jobs import GitHub, Job, Multibranch, holds_items, parent_of
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.jenkins import library
from pipelinekit.plan.jenkins.jobs import guarded_credentials
from pipelinekit.ports import Controller
from pipelinekit.records import dataclass

PLUGINS: Mapping[str, tuple[str, ...]] = {
    "folder": ("cloudbees-folder",),
    "pipeline": ("workflow-job", "workflow-cps"),
    "multibranch": ("workflow-multibranch", "git"),
    "github": ("github-branch-source",),
}
"""What a job of each kind needs: without it Jenkins takes the text, and drops what it does not know."""


APPLICATIONS = "apps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """What keeps jobs from being applied: by path, why; and what is only to know."""

    of: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def obstacles(
    platform: Platform,
    wanted: Sequence[Wanted],
    items: Mapping[str, Found],
    controller: Controller,
    *,
    configs: Mapping[str, Config] | None = None,
    assume: Collection[str] = (),
) -> Obstacles:
    """Ask the controller for plugins and credentials. `assume` are ids that are there, though hidden.

    `configs` are the configurations that have been read already: who is in them need not be asked for.
    """
    configs = configs or {}
    of: dict[str, str] = {}
    notices: list[str] = []
    lacking: dict[str, list[str]] = {}
    plugins = controller.plugins()
    if plugins is None:
        notices.append(
            "this account may not list plugins: nobody has checked that the jobs' plugins are there"
        )
    stores = _Stores(items, controller, configs)
    for each in wanted:
        missing = [] if plugins is None else [name for name in _plugins_of(each.job) if name not in plugins]
        if missing:
            of[each.job.path] = f"needs the plugin {' and '.join(missing)}, which Jenkins does not have"
        unknown = [
            id_ for id_ in each.job.credentials if not (id_ in assume or stores.has(id_, each.job.path))
        ]
        if not unknown:
            continue
        if each.job.kind == "folder":
            lacking.setdefault(_named(unknown), []).append(each.job.path)
        elif each.job.path not in of:
            folder = parent_of(each.job.path)
            of[each.job.path] = f"needs the {_named(unknown)}, in the folder {folder} or above it"
    notices += [
        f"not there yet, and needed by pipelines in {_some(folders)}: {ids}"
        for ids, folders in lacking.items()
    ]
    if stores.hidden:
        notices.append(f"this account may not list the credentials of {', '.join(sorted(stores.hidden))}")
    notices += _exposed(guarded_credentials(platform), stores)
    old = library.old_plugin(plugins)
    notices += [*([old] if old and _has_applications(wanted) else []), *library.elsewhere(configs)]
    return Obstacles(of=of, notices=tuple(notices))


def _has_applications(wanted: Sequence[Wanted]) -> bool:
    return any(isinstance(each.job, Multibranch) for each in wanted)


def _exposed(guarded: frozenset[str], stores: _Stores) -> Iterator[str]:
    """Where a credential is that applications' pipelines must not reach, and do."""
    for id_ in sorted(guarded & stores.ids("")):
        yield (
            f"credential {id_} is in the controller's own store, where every application's pipeline can bind"
            " it: move it to the folder that needs it"
        )
    for path in stores.below(APPLICATIONS) if guarded else ():
        for id_ in sorted(guarded & stores.ids(path)):
            yield (
                f"credential {id_} is in {path}, where the pipelines of applications can bind it: move it to"
                " the folder that needs it"
            )


def _named(ids: list[str]) -> str:
    return f"credential{'s' if len(ids) > 1 else ''} {' and '.join(ids)}"


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


class _Stores:
    """The credential stores along a path, each asked once."""

    def __init__(
        self, items: Mapping[str, Found], controller: Controller, configs: Mapping[str, Config]
    ) -> None:
        self.items = items
        self.controller = controller
        # A folder's credentials are in its configuration, those of every domain.
        self.known = {path: each.credentials for path, each in configs.items()}
        self.hidden: set[str] = set()
        self.deep: set[str] = set()
        """Folders further down than the listing of the jobs goes."""

    def ids(self, folder: str) -> frozenset[str]:
        if folder not in self.known:
            item = self.items.get(folder)
            there = not folder or folder in self.deep or (item is not None and _has_store(item.kind))
            ids = self.controller.credential_ids(folder) if there else frozenset()
            if ids is None:
                self.hidden.add(folder or "the controller")
            self.known[folder] = ids or frozenset()
        return self.known[folder]

    def below(self, root: str) -> Iterator[str]:
        """A folder and everything below it that can hold credentials, at every depth."""
        deepest = root.count("/") + 2
        for path in sorted(each for each in self.items if f"{each}/".startswith(f"{root}/")):
            yield path
            if path.count("/") == deepest and holds_items(self.items[path].kind):
                self.deep.update(self.controller.folders(path))
        yield from sorted(self.deep)

    def has(self, id_: str, path: str) -> bool:
        """Whether a job can use a credential; where we may not look, the answer is yes."""
        folder = path
        while True:
            if id_ in self.ids(folder) or (folder or "the controller") in self.hidden:
                return True
            if not folder:
                return False
            folder = parent_of(folder)


def _has_store(kind: str) -> bool:
    return kind == "multibranch" or holds_items(kind)


def _plugins_of(job: Job) -> tuple[str, ...]:
    github = isinstance(job, Multibranch) and isinstance(job.source, GitHub)
    return PLUGINS[job.kind] + (PLUGINS["github"] if github else ())


def hinder(plan: JobPlan, of: Mapping[str, str]) -> JobPlan:
    """The plan without the changes that cannot work."""
    changes: list[Change] = []
    stuck: set[str] = set()
    for each in plan.changes:
        why = of.get(each.path) or (
            f"needs its folder {parent_of(each.path)}" if parent_of(each.path) in stuck else ""
        )
        if why and each.action in (Action.CREATE, Action.UPDATE):
            stuck |= {each.path} if each.action is Action.CREATE else set()
            changes.append(replace(each, action=Action.BLOCKED, why=why))
        else:
            changes.append(each)
    return replace(plan, changes=tuple(changes))
