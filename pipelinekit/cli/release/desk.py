"""Where releases are handled: a platform, its ledger, and a folder that is gone afterwards."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pipelinekit.adapters.disk import momentary
from pipelinekit.cli.output import report
from pipelinekit.cli.release import platforms
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.cli.wiring.line import charts_at, registry_login
from pipelinekit.errors import PipelinekitError, usage
from pipelinekit.model.ledger import COMPONENT, UNREACHABLE, application_of, branch_of, component_of
from pipelinekit.model.release import ImageRef, Target
from pipelinekit.names import nearest

if TYPE_CHECKING:
    from pipelinekit.adapters.registry.oci import OciRegistry
    from pipelinekit.adapters.source.ledger.gitledger import GitLedger
    from pipelinekit.adapters.source.registered import RegisteredCommits
    from pipelinekit.model.ground.preflight import Finding
    from pipelinekit.model.platform.document import Environment, Platform
    from pipelinekit.model.platform.gates import Watch
    from pipelinekit.model.platform.zone import Clock
    from pipelinekit.model.promotion import Release, Watched
    from pipelinekit.steps.deploying.deployment import Prepared
    from pipelinekit.steps.promotion.looks.around import Around


class Desk:
    """One platform; each part is read when it is first asked for."""

    def __init__(self, source: str, environment: str = "") -> None:
        self.source = source
        self._asked = environment
        self._open = ExitStack()
        self._scratch = self._open.enter_context(momentary.folder())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @cached_property
    def named(self) -> tuple[Platform, str]:
        """The platform and the commit of its document; `UsageError` without one."""
        if not self.source:
            raise usage(
                "platform-unknown",
                "a release is promoted on a platform, and none is named",
                hint="--platform or PIPELINEKIT_PLATFORM: a path or git+URL",
            )
        return platforms.read(self.source, self._asked)

    @property
    def platform(self) -> Platform:
        """The platform."""
        return self.named[0]

    @cached_property
    def ledger(self) -> GitLedger:
        """Its ledger."""
        from pipelinekit.cli.wiring.books import ledger_of

        return ledger_of(self.platform)

    def environment(self, name: str) -> Environment:
        """The environment of that name."""
        from pipelinekit.plan.promotion import environment_of

        return environment_of(self.platform, name)

    def application(self, team: str, name: str) -> tuple[str, str]:
        """Team and name of an application that is registered, or that the ledger knows."""
        if team == COMPONENT:
            hint = f"`pipelinekit platform promote {name} --to ENV` moves it; `approve` likewise"
            raise usage(
                "component-misplaced", f"{name} is a component, and this is for applications", hint=hint
            )
        registered = [(each.team, each.name) for each in self.platform.applications]
        return self._only(team, name, registered) or self._known(team, name)

    def either(self, team: str, name: str) -> tuple[str, str]:
        """The same, or no team and the name of a component that platform or ledger knows."""
        if team != COMPONENT:
            return self.application(team, name)
        known = {each.name for each in self.platform.components}
        others = [] if name in known else [each for _, each in self.components()]
        if name not in known and not self._told([("", each) for each in others if each == name]):
            known |= {*others} - {name}
            hint = nearest(name, known) or "platform.yaml has components"
            raise usage("component-not-on", f"nobody knows a component {name}", hint=hint)
        return "", name

    def version(self, team: str, name: str, version: str) -> None:
        """Raise `UsageError` for a version that the ledger has nothing of; empty is none."""
        from pipelinekit.plan.promotion import require_version

        if version:
            require_version(self.ledger.history(branch_of(team, name)), version)

    def _only(self, team: str, name: str, known: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
        """The one of that name, of this team or of any; None where there is none."""
        found = {each for each in known if each[1] == name and team in ("", each[0])}
        if len(found) > 1:
            listed = ", ".join(f"{each}/{name}" for each, _ in sorted(found))
            raise usage(
                "application-unknown", f"several teams have an application {name}", hint=f"name one: {listed}"
            )
        return found.pop() if found else None

    def _known(self, team: str, name: str) -> tuple[str, str]:
        known = self.applications()
        named = [each for each in known if each[1] == name and team in ("", each[0])]
        found = self._only(team, name, self._told(named))
        if found is None:
            words = [
                f"{each}/{other}" if team else other for each, other in known if (each, other) not in named
            ]
            told = f"{team}/{name}" if team else name
            raise usage(
                "application-unknown",
                f"nobody knows an application {told}",
                hint=nearest(told, set(words)) or "platform.yaml registers applications",
            )
        return found

    def _told(self, named: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those of which the ledger has an event that counts: to begin a branch takes no key that is listed.

        Where none has one, those whose branch cannot be read: whoever reads it says why.
        """
        told, unread = list[tuple[str, str]](), list[tuple[str, str]]()
        for each in named:
            try:
                if self.ledger.history(branch_of(*each)).events:
                    told.append(each)
            except PipelinekitError as error:
                if error.faults[0].code == UNREACHABLE:
                    raise
                unread.append(each)
        return told or unread

    def applications(self, team: str = "") -> list[tuple[str, str]]:
        """Team and name of everything that is registered, or that the ledger knows; of one team alone.

        Raises `UsageError` for a team that has none.
        """
        registered = {(each.team, each.name) for each in self.platform.applications}
        known = registered | {each for each in map(application_of, self.ledger.branches()) if each}
        found = [each for each in sorted(known) if team in ("", each[0])]
        if team and not found:
            teams = {each for each, _ in known}
            raise usage("team-unknown", f"nobody knows a team {team}", hint=nearest(team, teams))
        return found

    def named_in_platform(self, team: str, name: str) -> bool:
        """Whether platform.yaml has the application, or without a team the component."""
        if team:
            return (team, name) in {(each.team, each.name) for each in self.platform.applications}
        return name in {each.name for each in self.platform.components}

    def components(self) -> list[tuple[str, str]]:
        """Every component that the ledger knows, each with no team."""
        return [("", name) for name in map(component_of, self.ledger.branches()) if name]

    def clock(self, zones: Iterable[str] = ()) -> Clock:
        """This moment."""
        from pipelinekit.adapters import zones as door

        return door.clock(int(time.time()), zones)

    def around(self, timeout: int = 300, room: str = "") -> Around:
        """What a promotion needs of the world; several applications have a room each."""
        from pipelinekit.adapters.cluster.anchors import ClusterAnchors
        from pipelinekit.adapters.cluster.charts import holders
        from pipelinekit.adapters.cluster.charts.helm import Helm
        from pipelinekit.adapters.cluster.kubernetes import Kubernetes
        from pipelinekit.adapters.cluster.objects import Objects
        from pipelinekit.adapters.folder.receipts import ReceiptFolder
        from pipelinekit.adapters.folder.workspace import Workspace
        from pipelinekit.steps.promotion.looks.around import Around

        reached, root = kubeconfig(dict(os.environ)), Path(self._scratch, room)
        root.mkdir(parents=True, exist_ok=True)
        helm = Helm(reached)
        return Around(
            platform=self.platform,
            commit=self.named[1],
            ledger=self.ledger,
            clock=self.clock,
            copy=self.images.copy,
            images=self.images,
            charts=lambda address: charts_at(self.platform, address),
            signed=self._signed if self._verifies else None,
            archives=helm,
            workspace=Workspace(root),
            receipts=ReceiptFolder(root),
            releases=helm,
            cluster=Kubernetes(reached),
            objects=Objects(reached),
            survey=self._survey,
            watch=self._watch,
            commits=self.commits,
            anchor=ClusterAnchors(reached).mark if self.platform.ledger else None,
            holder=holders.owner(),
            alive=holders.is_alive,
            timeout=timeout,
            say=report.say,
        )

    @cached_property
    def images(self) -> OciRegistry:
        """The platform's registries."""
        from pipelinekit.adapters.registry.oci import OciRegistry

        return OciRegistry(registry_login(self.platform), live=report.live)

    def commits(self, release: Release) -> RegisteredCommits:
        """What the registered repository of a release's application says of it, as it is now."""
        from pipelinekit.adapters.source.registered import RegisteredCommits

        return RegisteredCommits(self.platform, release.team, release.name)

    # --- what is asked elsewhere --------------------------------------------------------------------

    @property
    def _verifies(self) -> bool:
        signing = self.platform.images.signing
        return bool(signing and signing.public_key)

    def _signed(self, ref: ImageRef) -> bool:
        from pipelinekit.adapters.registry.cosign import CosignVerifier

        signing = self.platform.images.signing
        login = registry_login(self.platform)
        return signing is None or CosignVerifier(signing.public_key, self.images, login).signed(ref)

    def _survey(self, prepared: Prepared) -> tuple[Finding, ...]:
        from pipelinekit.adapters.cluster.charts.helm import Helm
        from pipelinekit.cli.wiring.scouting import scout
        from pipelinekit.steps.deploying.preflight import preflight

        manifest = Helm(kubeconfig(dict(os.environ))).render(
            prepared.archive, prepared.target, prepared.layers
        )
        return preflight(prepared.target, manifest, scout(self.platform, registry_login(self.platform)))

    def _watch(self, watch: Watch, target: Target, seconds: int) -> tuple[Watched, ...]:
        from pipelinekit.adapters import prometheus

        names = {"name": target.name, "namespace": target.namespace, "environment": target.environment.name}
        return prometheus.watched(watch, names, int(time.time()), seconds)
