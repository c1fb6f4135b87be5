"""What a verb of Draft is given: the application, the platform, the one cluster that it goes to."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit import names
from pipelinekit.adapters.folder.drafthome import DraftHome
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.cli.wiring.line import Line, Options
from pipelinekit.errors import refused, usage
from pipelinekit.model.app import App, Build
from pipelinekit.model.draft import Context, Settings, Tasks
from pipelinekit.model.platform.document import Platform
from pipelinekit.plan.draft import guard, place
from pipelinekit.reading.app import FILE, read_app
from pipelinekit.reading.draft import settings as draft_settings
from pipelinekit.reading.draft import tasks as draft_tasks

if TYPE_CHECKING:
    from pipelinekit.adapters.cluster.charts.helm import Helm
    from pipelinekit.adapters.cluster.charts.history import Releases
    from pipelinekit.adapters.cluster.ground.contexts import Contexts
    from pipelinekit.adapters.cluster.ground.places import DevelopersPlaces
    from pipelinekit.adapters.cluster.kubernetes import Kubernetes
    from pipelinekit.adapters.cluster.objects import Objects
    from pipelinekit.adapters.cluster.pods.drafts import ReleasePods
    from pipelinekit.model.platform.document import Environment
    from pipelinekit.model.release import ReleasePlan, Target

DEVELOPER = "PIPELINEKIT_DEVELOPER"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a verb of Draft may be told beside the shared options."""

    environment: str = "development"
    home: str = ""
    allowed: str = ""


class Draft(Line):
    """One application as a developer has it; `pinned` chooses the cluster, once."""

    def __init__(self, options: Options, words: Words) -> None:
        super().__init__(options)
        self.words = words
        self.kube: Mapping[str, str] = {}
        self.together: frozenset[str] = frozenset()
        """What is brought up at the same time in the same namespace, by its release's name."""

    def at(self, before: Draft) -> Draft:
        """This application in the place of an earlier look at it: the documents are read anew, and the
        cluster stays the one that was pinned."""
        self.contexts, self.context = before.contexts, before.context
        self.target, self.kube = before.target, before.kube
        return self

    def beside(self, pinned: Draft) -> None:
        """This application in the cluster that another one has pinned."""
        self.contexts, self.context, self.kube = pinned.contexts, pinned.context, pinned.kube

    # --- documents --------------------------------------------------------------------------------

    @cached_property
    def home(self) -> DraftHome:
        """`$DRAFT_HOME`."""
        return DraftHome(self.words.home)

    @cached_property
    def config(self) -> dict[str, str]:
        """config.toml of `$DRAFT_HOME`."""
        from pipelinekit.cli.draft.known import read

        return read(self.home)

    @cached_property
    def settings(self) -> Settings:
        """The chosen environment of draft.toml; the defaults where there is no such file."""
        path = self.root / draft_settings.FILE
        return draft_settings.read_settings(self.text(path.name), self.words.environment, str(path))

    @cached_property
    def tasks(self) -> Tasks:
        """.draft-tasks.toml."""
        path = self.root / draft_tasks.FILE
        return draft_tasks.read_tasks(self.text(path.name), str(path))

    def text(self, name: str) -> str:
        """A document of the folder, empty when there is none; raises `Refused` for what is no text."""
        return self.workspace.read_texts([name]).get(name, "")

    @property
    def described(self) -> bool:
        """Whether there is an app.yaml."""
        return (self.root / FILE).exists()

    @cached_property
    def app(self) -> App:
        """The application: app.yaml, or what draft.toml says of one that has none."""
        arguments = self.settings.image_build_args
        if self.described:
            app = read_app(self.descriptor, str(Path(self.options.path, FILE)))
            # What both say is the same word twice; draft.toml is the developer's, and wins.
            return replace(app, build=replace(app.build, args={**app.build.args, **arguments}))
        name, folder = self.settings.name, self.root.resolve().name
        name = name or names.label_from(folder, names.APPLICATION_MAX)
        if not name:
            problem = f"of the folder's name '{folder}' comes no application's name"
            raise usage("bad-name", problem, hint="`draft create --app NAME` says it")
        build = Build(language="dockerfile", args=dict(arguments), platforms=())
        return App(name=name, team="apps", build=build, processes={})

    @cached_property
    def platform(self) -> Platform:
        """The platform, with the registry that is nearest: option, draft.toml, config.toml, platform."""
        from pipelinekit.cli.wiring.line import read_named_platform
        from pipelinekit.model.platform.document import local_platform

        host, _, path = self._registry().partition("/")
        if not self.options.platform:
            platform = local_platform(host, mirror=self.options.mirror)
            return _at(platform, host, f"{path}/{{name}}") if path else platform
        platform = read_named_platform(self.options.platform)
        return _at(platform, host, f"{path}/{{name}}" if path else platform.images.path) if host else platform

    def _registry(self) -> str:
        given = (self.options.registry, self.settings.registry, self.config.get("registry", ""))
        return next((each.strip("/") for each in given if each), "")

    # --- the place --------------------------------------------------------------------------------

    @cached_property
    def developer(self) -> str:
        """Whose copy this is; raises `UsageError` where nothing says it: root is everybody's name."""
        named = os.environ.get(DEVELOPER) or self.config.get("developer", "")
        found = named or getpass.getuser()
        if (not named and found == "root") or not names.label_from(found):
            raise usage(
                "developer-unknown",
                f"whose copy is this? '{found}' is nobody's name",
                hint=f"`draft config set developer NAME`, or {DEVELOPER}=NAME",
            )
        return found

    @cached_property
    def environment(self) -> Environment:
        """The environment that the copy is like."""
        found = guard.base_environment(self.platform)
        if found is None:
            raise refused(
                "no-open-environment",
                f"every environment of platform {self.platform.name} has a gate",
                hint="a developer's copy is like the first one without",
            )
        return found

    @property
    def own(self) -> bool:
        """Whether the namespace is the developer's own: nobody has named another."""
        return not (self.options.namespace or self.settings.namespace)

    @cached_property
    def target(self) -> Target:  # type: ignore[override]
        """Where the copy goes."""
        from pipelinekit.model.release import Target

        named = self.options.namespace or self.settings.namespace
        namespace = named or place.namespace_of(self.app.team, self.developer)
        return Target(
            name=self.settings.name or self.app.name,
            environment=self.environment,
            namespace=namespace,
            context=self.context.name,
            called=f"{'' if named else 'your '}namespace {namespace}",
        )

    @cached_property
    def contexts(self) -> Contexts:
        """The kubeconfig, read once."""
        from pipelinekit.adapters.cluster.ground.contexts import Contexts

        return Contexts(kubeconfig(dict(os.environ)))

    @cached_property
    def context(self) -> Context:
        """The context that counts from now on."""
        usual = self.platform.cluster_of(self.environment).context if self.given_platform else ""
        return self.contexts.chosen(self.options.context or usual)

    @contextmanager
    def pinned(self) -> Iterator[Target]:
        """Hold the cluster against the platform, and keep to it whatever happens to the kubeconfig.

        Raises `Refused` for a cluster or a namespace that the inner loop stays out of.
        """
        chosen = self._chosen()
        self.require_namespace()
        with self.contexts.pinned(chosen.name) as self.kube:
            yield self.target

    def require_namespace(self) -> None:
        """Raise `Refused` for a namespace that the inner loop stays out of."""
        known, namespace = self.contexts.all(), self.target.namespace
        guard.require_namespace(self.context, known, self.platform, self.app, namespace)

    @contextmanager
    def cluster_pinned(self) -> Iterator[Target]:
        """Hold the cluster alone against the platform, for what is about no application."""
        from pipelinekit.model.release import Target

        chosen = self._chosen()
        with self.contexts.pinned(chosen.name) as self.kube:
            yield Target(name="", environment=self.environment, namespace="default", context=chosen.name)

    def _chosen(self) -> Context:
        allowed = self.words.allowed or self.config.get("allow-context", "")
        named = bool(self.options.context)
        guard.require_cluster(self.context, self.contexts.all(), self.platform, named=named, allowed=allowed)
        return self.context

    # --- adapters ---------------------------------------------------------------------------------

    @cached_property
    def helm(self) -> Helm:
        """Helm against the pinned cluster."""
        from pipelinekit.adapters.cluster.charts.helm import Helm

        return Helm(self.kube)

    @cached_property
    def cluster(self) -> Kubernetes:
        """kubectl against it."""
        from pipelinekit.adapters.cluster.kubernetes import Kubernetes

        return Kubernetes(self.kube)

    @cached_property
    def objects(self) -> Objects:
        """Its objects."""
        from pipelinekit.adapters.cluster.objects import Objects

        return Objects(self.kube)

    @cached_property
    def places(self) -> DevelopersPlaces:
        """Its developers' namespaces."""
        from pipelinekit.adapters.cluster.ground.places import DevelopersPlaces

        return DevelopersPlaces(self.kube)

    @cached_property
    def pods(self) -> ReleasePods:
        """Its pods of Draft's."""
        from pipelinekit.adapters.cluster.pods.drafts import ReleasePods

        return ReleasePods(self.kube)

    @cached_property
    def releases(self) -> Releases:
        """What Helm remembers there."""
        from pipelinekit.adapters.cluster.charts.history import Releases

        return Releases(self.kube)

    @cached_property
    def plan(self) -> ReleasePlan:
        """The names of this copy; there is no version of it, so that no label changes without a reason."""
        from pipelinekit.model.release import ImageRef, Key, ReleasePlan, Revision
        from pipelinekit.plan.release import chart_ref

        app, images = self.app, self.platform.images
        return ReleasePlan(
            app=app,
            platform=self.platform,
            revision=Revision(tree="draft", dirty=True),
            key=Key("draft", "", ""),
            version="0.0.0-draft",
            image=ImageRef(images.registry, images.repository(app.team, app.name)),
            chart=chart_ref(self.platform, app, ""),
            chart_folder=f"charts/{self.settings.chart or app.name}",
        )

    def login(self, host: str):  # type: ignore[no-untyped-def]
        """The developer's own login, whatever a pipeline would bind."""
        from pipelinekit.adapters.registry.login import credentials

        return credentials.for_registry(host, os.environ)


def _at(platform: Platform, host: str, path: str) -> Platform:
    return replace(platform, images=replace(platform.images, registry=host, path=path))
