"""Where releases are handled: a platform, its ledger, and a folder that is gone afterwards."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pipelinekit.cli import report
from pipelinekit.cli.kubeconfigs import kubeconfig
from pipelinekit.cli.release import platforms
from pipelinekit.cli.wiring import charts_at, registry_login
from pipelinekit.errors import refused, usage
from pipelinekit.model.release import ImageRef, Target

if TYPE_CHECKING:
    from pipelinekit.adapters.registry.oci import OciRegistry
    from pipelinekit.adapters.source.ledger.gitledger import GitLedger
    from pipelinekit.adapters.source.span import Written
    from pipelinekit.model.platform.document import Environment, Platform
    from pipelinekit.model.platform.gates import Watch
    from pipelinekit.model.platform.zone import Clock
    from pipelinekit.model.preflight import Finding
    from pipelinekit.model.promotion import Release, Watched
    from pipelinekit.steps.deploying.deployment import Prepared
    from pipelinekit.steps.promotion.around import Around


class Desk:
    """One platform; each part is read when it is first asked for."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._scratch = tempfile.TemporaryDirectory(prefix="pipelinekit-")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scratch.cleanup()

    @cached_property
    def named(self) -> tuple[Platform, str]:
        """The platform and the commit of its document; `UsageError` without one."""
        if not self.source:
            raise usage(
                "platform-unknown",
                "a release is promoted on a platform, and none is named",
                hint="--platform or PIPELINEKIT_PLATFORM: a path or git+URL",
            )
        return platforms.read(self.source)

    @property
    def platform(self) -> Platform:
        """The platform."""
        return self.named[0]

    @cached_property
    def ledger(self) -> GitLedger:
        """Its ledger."""
        from pipelinekit.cli.books import ledger_of

        return ledger_of(self.platform)

    def environment(self, name: str) -> Environment:
        """The environment of that name."""
        from pipelinekit.plan.promotion import environment_of

        return environment_of(self.platform, name)

    def application(self, team: str, name: str) -> tuple[str, str]:
        """Team and name of an application that is registered, or that the ledger knows."""
        if team:
            return team, name
        teams = {each.team for each in self.platform.applications if each.name == name}
        if not teams:
            known = (each.split("/") for each in self.ledger.branches())
            teams = {each[1] for each in known if each[0] == "apps" and each[2] == name}
        if len(teams) != 1:
            listed = ", ".join(f"{each}/{name}" for each in sorted(teams))
            raise refused(
                "application-unknown",
                f"{'several teams have' if teams else 'nobody knows'} an application {name}",
                hint=f"name one: {listed}" if teams else "platform.yaml registers applications",
            )
        return teams.pop(), name

    def applications(self) -> list[tuple[str, str]]:
        """Team and name of everything that is registered, or that the ledger knows."""
        known = {(each.team, each.name) for each in self.platform.applications}
        parts = (each.split("/") for each in self.ledger.branches())
        return sorted(known | {(each[1], each[2]) for each in parts if each[0] == "apps" and len(each) == 3})

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
        from pipelinekit.steps.promotion.around import Around

        reached, root = kubeconfig(dict(os.environ)), Path(self._scratch.name) / room
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
            authors=self._authors,
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

    def written(self, release: Release, since: str) -> tuple[Written, ...] | None:
        """A release's commits since another one, from the registered repository; None: nobody can tell."""
        from pipelinekit.adapters.source import span
        from pipelinekit.plan.ledger.keyring import Keyring

        mine = (release.team, release.name)
        for each in self.platform.applications:
            if (each.team, each.name) == mine:
                keys = Keyring(self.platform)
                return span.written(each.repository, each.branch, release.commit, since, keys)
        return None

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
        from pipelinekit.cli.scouting import scout
        from pipelinekit.steps.deploying.preflight import preflight

        manifest = Helm(kubeconfig(dict(os.environ))).render(
            prepared.archive, prepared.target, prepared.layers
        )
        return preflight(prepared.target, manifest, scout(self.platform, registry_login(self.platform)))

    def _authors(self, release: Release, since: str) -> tuple[str, ...] | None:
        from pipelinekit.adapters.source.span import authors

        return authors(self.written(release, since))

    def _watch(self, watch: Watch, target: Target, seconds: int) -> tuple[Watched, ...]:
        from pipelinekit.adapters import prometheus

        names = {"name": target.name, "namespace": target.namespace, "environment": target.environment.name}
        return prometheus.watched(watch, names, int(time.time()), seconds)
