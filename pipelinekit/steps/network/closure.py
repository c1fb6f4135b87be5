"""Is everything open that is declared, and nothing else? The platform's documents and objects together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipelinekit.model.app import App
from pipelinekit.model.network.cluster import Cluster
from pipelinekit.model.network.ends import Grounds
from pipelinekit.model.network.flows import UNCLEAR, Finding, Proof
from pipelinekit.model.network.ports import NONE
from pipelinekit.model.platform.document import Environment, Platform
from pipelinekit.model.rollout.component import Component
from pipelinekit.plan.network.flows.applications import VAULT, Applications
from pipelinekit.plan.network.flows.components import Parts
from pipelinekit.plan.network.flows.declared import Ground
from pipelinekit.plan.network.proof import Prover
from pipelinekit.plan.network.rendered.assembly import Rendered, cluster_of
from pipelinekit.steps.network.releases import kinds_of


@dataclass(frozen=True)
class Closure:
    """A platform in one environment, with everything that is rendered for it.

    `unseen` are applications about which nothing can be proven, each with the reason.
    """

    platform: Platform
    environment: Environment
    components: Sequence[Component]
    apps: Sequence[App]
    rendered: Sequence[Rendered]
    unseen: Mapping[str, str]

    @cached_property
    def cluster(self) -> Cluster:
        """The cluster that the objects make; raises `Refused` for what nothing can be proven about."""
        grounds = self.platform.cluster_of(self.environment).network or Grounds()
        kinds = [*kinds_of(self.apps), *([VAULT] if self.platform.vault else [])]
        return cluster_of(self.rendered, {}, grounds, kinds)

    @cached_property
    def _parts(self) -> Parts:
        services = {
            each.name: [
                made
                for release in self.rendered
                if release.owner == each.name
                for made, _ in release.objects
                if made["kind"] in ("Service", "EndpointSlice")
            ]
            for each in self.components
        }
        return Parts(self.components, services, self._ground)

    @cached_property
    def _ground(self) -> Ground:
        network = self.platform.network
        return Ground.of(self.cluster, network.inside if network else ())

    @cached_property
    def prover(self) -> Prover:
        """The cluster, and what is declared of it."""
        network, vault = self.platform.network, self.platform.vault
        applications = Applications(
            self.apps,
            self.environment.name,
            self._ground,
            services=network.services if network else {},
            vault=vault.address if vault else "",
            accepting=self._parts.accepting(),
            elsewhere=self._parts.elsewhere(),
        )
        return Prover(self.cluster, [*self._parts.flows(), *applications.flows()])

    def prove(self) -> Proof:
        """The whole of it, with what is declared and leads nowhere, and what nobody can see."""
        proof = self.prover.prove()
        unseen = (
            Finding(
                code=UNCLEAR,
                caller="anybody",
                server=title,
                ports=NONE,
                layers=(reason,),
                hint="--rendered DIR, with what `helm template` prints of it in DIR/TEAM/NAME.yaml",
            )
            for title, reason in self.unseen.items()
        )
        return replace(proof, findings=(*self._parts.unclear(), *unseen, *proof.findings))
