"""What clusters and registries of a platform remember of its ledger."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pipelinekit.adapters.cluster.anchors import ClusterAnchors
from pipelinekit.adapters.registry.anchors import TagAnchors
from pipelinekit.adapters.registry.oci import OciRegistry
from pipelinekit.cli.wiring.kubeconfigs import kubeconfig
from pipelinekit.cli.wiring.line import chart_repository, registry_login
from pipelinekit.model.ledger import Anchor, Event, application_of
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.release import ImageRef, Target
from pipelinekit.plan.rollout.releases import TEAM


class Outside:
    """What clusters and registries of a platform remember."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.registry = OciRegistry(registry_login(platform))
        self.charts = chart_repository(platform)
        self.clusters = ClusterAnchors(kubeconfig(dict(os.environ)))

    def deployed(self, branch: str) -> Iterator[Anchor]:
        """What runs, in every environment."""
        if owner := application_of(branch):
            team, name = owner
            for each in self.platform.environments:
                context = self.platform.cluster_of(each).context
                place = each.namespace_of(team, name)
                target = Target(name=name, environment=each, namespace=place, context=context)
                yield from self.clusters.marks(target)

    def tagged(self, branch: str) -> Iterator[Anchor]:
        """What is beside its images."""
        if owner := application_of(branch):
            yield from TagAnchors(self.registry).marks(self._image(*owner))

    def missing(self, event: Event) -> str:
        """What of a release is not in the registries under its version."""
        if not event.team:
            return self._missing_chart(event)
        image = replace(self._image(event.team, event.name), tag=event.version)
        chart = ImageRef(*self.platform.charts.place_of(event.team, event.name), tag=event.version)
        for ref, found, told in (
            (image, self.registry.digest_of(image), event.digests.image),
            (chart, self.charts.digest_of(chart), event.digests.chart),
        ):
            if told and found != told:
                return f"{ref} is {found or 'not there'}, and was released as {told}"
        return ""

    def _missing_chart(self, event: Event) -> str:
        """The same of a component, whose chart has a name and a version of its own."""
        told = event.details.get("chart")
        fields = told if isinstance(told, Mapping) else {}
        registry, repository, version = (
            str(fields.get(each, "")) for each in ("registry", "repository", "version")
        )
        place = ImageRef(registry, repository, version)
        own = self.platform.charts.place_of(TEAM, place.repository.rpartition("/")[2])
        if (place.registry, place.repository) != own:
            return f"{place} is not where the platform has the charts of components"
        found = self.charts.digest_of(place)
        if found == event.digests.chart:
            return ""
        return f"{place} is {found or 'not there'}, and was released as {event.digests.chart}"

    def _image(self, team: str, name: str) -> ImageRef:
        return ImageRef(self.platform.images.registry, self.platform.images.repository(team, name))
