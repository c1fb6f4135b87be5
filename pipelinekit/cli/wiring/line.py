"""Where steps and adapters meet: what a verb is given, from its options and the environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit import __version__
from pipelinekit.adapters.disk import files
from pipelinekit.adapters.folder.workspace import Workspace
from pipelinekit.cli.output import report
from pipelinekit.cli.wiring import ahead, identity, logins
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.errors import refused, usage
from pipelinekit.model.app import App
from pipelinekit.model.platform.site import Site
from pipelinekit.plan.site import site_of
from pipelinekit.plan.versions.pullrequests import is_stranger
from pipelinekit.reading.app import FILE, read_app

if TYPE_CHECKING:
    from pipelinekit.adapters.build.context import Sources
    from pipelinekit.adapters.cluster.charts.helm import Helm
    from pipelinekit.adapters.cluster.ground.preflight import Preflight
    from pipelinekit.adapters.cluster.kubernetes import Kubernetes
    from pipelinekit.adapters.cluster.objects import Objects
    from pipelinekit.adapters.folder.receipts import ReceiptFolder
    from pipelinekit.adapters.registry.oci import OciRegistry
    from pipelinekit.model.platform.document import Environment, Platform, Registration
    from pipelinekit.model.release import Credentials, Key, ReleasePlan, Revision, Target
    from pipelinekit.ports import ChartRepository, Engine


@dataclass(frozen=True, kw_only=True)
class Options:
    """What every verb of the line may be told."""

    path: str = "."
    platform: str = ""
    registry: str = ""
    mirror: str = ""
    context: str = ""
    namespace: str = ""
    folder_by: str = "--path"
    """What of the command line names `path`."""


class Line:
    """One application, one platform, one revision; each part is read when it is first asked for."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.root = files.require_folder(Path(options.path), option=options.folder_by)

    @cached_property
    def descriptor(self) -> bytes:
        """`app.yaml` as it is on disk."""
        path = self.root / FILE
        if not path.exists():
            from pipelinekit.adapters.folder import astray

            made = "`pipelinekit new-app NAME --language L` makes an application; --path names its folder"
            hint = astray.hint(self.root, FILE) or made
            raise refused("app-missing", f"there is no {FILE} in {self.root}", hint=hint)
        return self.workspace.read_bytes(FILE)

    @cached_property
    def app(self) -> App:
        """The application."""
        origin = str(Path(self.options.path, FILE))
        return ahead.kept((self.descriptor, origin), lambda: read_app(self.descriptor, origin))

    @cached_property
    def platform(self) -> Platform:
        """The platform: the one that was named, else the built-in local one."""
        if self.options.platform:
            return self.named[0]
        from pipelinekit.model.platform.document import local_platform

        given = self.options
        return local_platform(
            given.registry, mirror=given.mirror, context=given.context, namespace=given.namespace
        )

    @cached_property
    def named(self) -> tuple[Platform, str]:
        """The platform that was named, and which commit or content its document is."""
        return ahead.kept(("platform", self.options), lambda: read_platform_at(self.options.platform))

    @property
    def given_platform(self) -> bool:
        """Whether a platform was named."""
        return bool(self.options.platform)

    @cached_property
    def registration(self) -> Registration | None:
        """The application's registration at the platform, if there is one."""
        mine = (self.app.name, self.app.team)
        return next((each for each in self.platform.applications if (each.name, each.team) == mine), None)

    @cached_property
    def revision(self) -> Revision:
        """The facts about the work tree."""
        from pipelinekit.cli.wiring.revision import facts

        return facts(self.root, self.app, self.registration)

    @cached_property
    def key(self) -> Key:
        """What receipts are valid for."""
        from pipelinekit.cli.wiring.revision import key_of

        return key_of(self.root, self.revision, self.descriptor, self.app, self.platform)

    @cached_property
    def plan(self) -> ReleasePlan:
        """All names of this release; raises `Refused` in another application's pipeline."""
        from pipelinekit.cli.wiring.revision import asked
        from pipelinekit.plan.release import plan_release

        identity.check(self.app, self.revision, self.platform)
        return plan_release(self.app, self.platform, asked(self.root, self.app, self.revision), self.key)

    def require_registry(self) -> None:
        """Raise `UsageError` unless there is a registry to push to."""
        if not self.platform.images.registry:
            raise usage(
                "registry-unknown",
                "no registry is known",
                hint="give --registry HOST[:PORT] (or PIPELINEKIT_REGISTRY), or a platform with --platform",
            )

    @cached_property
    def site(self) -> Site:
        """The site; without a platform the one of the last generation, so that it changes nothing."""
        if not self.given_platform:
            from pipelinekit.reading.lock import read_lock

            text = self.workspace.read_lock()
            lock = read_lock(text, "lock.yaml") if text else None
            if lock:
                return lock.site
            site = Site(library=__version__)
        else:
            site = site_of(self.platform, self.registration, library=__version__, team=self.app.team)
            if self.registration:
                return site
        from pipelinekit.adapters.source import worktree

        folder, branch = worktree.place(self.root)
        return replace(site, branch=branch, path=folder)

    def target(self, environment: Environment) -> Target:
        """Where the application is in an environment."""
        from pipelinekit.plan.release import target_of

        return target_of(self.app, self.platform, environment)

    # --- adapters ---------------------------------------------------------------------------------

    @cached_property
    def workspace(self) -> Workspace:
        """The application's folder."""
        return Workspace(self.root)

    @cached_property
    def receipts(self) -> ReceiptFolder:
        """Its receipts."""
        from pipelinekit.adapters.folder.receipts import ReceiptFolder

        return ReceiptFolder(self.root)

    @cached_property
    def sources(self) -> Sources:
        """What its image is built from."""
        from pipelinekit.cli.wiring.contexts import sources_of

        return sources_of(self.root, self.app.build.folder)

    @cached_property
    def engine(self) -> Engine:
        """What builds: the Docker engine when one answers, else buildah; PIPELINEKIT_ENGINE chooses."""
        from pipelinekit.adapters.build.engines import choose

        stranger = is_stranger(self.platform, self.revision)
        given = (os.environ, self.images, self.login, report.live)
        return ahead.kept(("engine", self.options), lambda: choose(*given, stranger=stranger))

    def login(self, host: str) -> Credentials | None:
        """The credentials for a registry: those of the pipeline only for the platform's own."""
        return logins.of_build(self.platform, self.revision, os.environ, registry_login(self.platform))(host)

    @cached_property
    def images(self) -> OciRegistry:
        """The image registry, with the credentials for images."""
        from pipelinekit.adapters.registry.oci import OciRegistry

        return ahead.kept(("images", self.options), lambda: OciRegistry(self.login, live=report.live))

    @cached_property
    def charts(self) -> ChartRepository:
        """The chart repository, with the credentials for charts."""
        return ahead.kept(("charts", self.options), lambda: chart_repository(self.platform))

    @cached_property
    def helm(self) -> Helm:
        """Helm against the clusters of the kubeconfig files."""
        return _helm(kubeconfig(dict(os.environ)).get("KUBECONFIG", ""))

    @cached_property
    def cluster(self) -> Kubernetes:
        """kubectl against the same."""
        from pipelinekit.adapters.cluster.kubernetes import Kubernetes

        return Kubernetes(kubeconfig(dict(os.environ)))

    @cached_property
    def scout(self) -> Preflight:
        """What looks a target over: the same clusters, and the platform's own registries."""
        from pipelinekit.cli.wiring.scouting import scout

        return scout(self.platform, self.login)

    @cached_property
    def objects(self) -> Objects:
        """Single objects of the same."""
        from pipelinekit.adapters.cluster.objects import Objects

        return Objects(kubeconfig(dict(os.environ)))


@cache
def _helm(files: str) -> Helm:
    """One for all verbs of a process: it learns what this Helm can do, and which charts it has linted."""
    from pipelinekit.adapters.cluster.charts.helm import Helm

    return Helm({"KUBECONFIG": files} if files else {})


def registry_login(platform: Platform) -> Callable[[str], Credentials | None]:
    """The credentials for registries: what a pipeline binds is for the platform's own and no other."""
    from pipelinekit.adapters.registry.login import credentials

    images = platform.images
    others = [each.registry for each in platform.environments]
    hosts = credentials.own_hosts(images.registry, images.mirror, others)
    return lambda host: credentials.for_registry(host, os.environ, own=hosts)


def named_or_local_platform(source: str, registry: str, context: str = "") -> Platform:
    """The platform that was named, else the built-in local one."""
    from pipelinekit.model.platform.document import local_platform as local

    return read_named_platform(source) if source else local(registry, context=context)


def read_named_platform(source: str) -> Platform:
    """The platform that a source names."""
    return read_platform_at(source)[0]


def read_platform_at(source: str) -> tuple[Platform, str]:
    """The platform that a source names, and which commit or content it is."""
    from pipelinekit.adapters.source import platforms
    from pipelinekit.reading.platform.document import read_platform

    text = platforms.read_platform_text(source)
    return read_platform(text.content, text.origin), text.commit


def chart_repository(platform: Platform) -> ChartRepository:
    """A platform's chart repository: an OCI registry, or a Helm repository over http."""
    return charts_at(platform, platform.charts.repository)


def charts_at(platform: Platform, address: str) -> ChartRepository:
    """A chart repository; what a pipeline binds is given to it when it is one of the platform's."""
    from pipelinekit.adapters.registry.login import credentials

    repository = platform.charts.repository
    mine = (repository.partition("://")[2] or repository).split("/")[0].rpartition("@")[2]
    others = [platform.images.registry, *(part for each in platform.environments for part in each.hosts)]

    def login(host: str) -> Credentials | None:
        purpose = "CHARTS" if host == mine else "REGISTRY"
        own = [each for each in (mine, *others) if each]
        return credentials.for_registry(host, os.environ, purpose=purpose, own=own)

    if address.startswith("oci://"):
        from pipelinekit.adapters.registry.oci import OciRegistry

        return OciRegistry(login)
    from pipelinekit.adapters.registry.helmrepository import HttpCharts

    return HttpCharts(login, say=report.say)
