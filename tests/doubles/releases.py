"""Helm's work on a cluster."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelinekit.errors import CheckFailed, Fault, failed
from pipelinekit.model.release import Hook, ReleaseState, Target
from pipelinekit.ports import RIVAL, Say
from pipelinekit.reading.chart.values import overlay, read_values
from tests.doubles.cluster import Cluster, Record
from tests.doubles.registry import digest
from tests.things import deployment_of


class Releases:
    """Helm against a cluster. Pods that have something wrong with them do not get ready."""

    owns = True

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.rivals: list[Callable[[], None]] = []
        """What somebody else does at the very moment of an installation; it then comes too late."""
        self.living: set[str] = set()
        """The owners whose process still runs."""
        self.elsewhere: set[str] = set()
        """Owners on other machines: whether they live cannot be told."""
        self.tests_fail = ""
        self.tests_run = 0
        self.no_way_back = ""
        self.waiting: Callable[[], None] = lambda: None
        """What happens in the cluster while Helm waits."""
        self.hooks: tuple[Hook, ...] = ()
        """Those of the chart that is installed next."""
        self.watched: list[bool] = []
        """Of each installation and each way back, whether all objects were to be watched."""

    def state(self, target: Target) -> ReleaseState | None:
        records = self.cluster.records.get((target.namespace, target.name), {})
        if not records:
            return None
        revision = max(records)
        found = records[revision]
        return ReleaseState(
            revision=revision,
            status=found.status,
            values=found.values,
            manifest=found.manifest,
            hooks=found.hooks,
        )

    def install(
        self,
        target: Target,
        archive: Path,
        values: Sequence[str],
        *,
        timeout: int,
        hopeless: Callable[[], bool],
        watched: bool = True,
    ) -> ReleaseState:
        del timeout
        self.watched.append(watched)
        if self.rivals:
            self.rivals.pop(0)()
            raise failed(RIVAL, "helm: release: already exists")
        if target.namespace not in self.cluster.namespaces:
            raise failed("deploy-failed", f'helm: namespaces "{target.namespace}" not found')
        given, manifest = self._rendered(target, archive, values)
        records = self.cluster.records.setdefault((target.namespace, target.name), {})
        revision = max(records, default=0) + 1
        before = [each.manifest for each in records.values()]
        records[revision] = Record("deployed", given, manifest, hooks=self.hooks)
        self.cluster.things.install(manifest, before[-1] if before else "")
        self.waiting()
        if hopeless() or self.cluster.wrong:
            records[revision].status = "failed"
            raise failed("deploy-failed", "helm: context deadline exceeded")
        for older in records:
            if older != revision:
                records[older].status = "superseded"
        return ReleaseState(revision=revision, status="deployed", values=given, manifest=manifest)

    def last_good(self, target: Target) -> int | None:
        records = self.cluster.records.get((target.namespace, target.name), {})
        return max((each for each, record in records.items() if record.status == "deployed"), default=None)

    def has_run(self, target: Target) -> bool:
        records = self.cluster.records.get((target.namespace, target.name), {})
        return any(record.status in ("deployed", "superseded") for record in records.values())

    def back(
        self,
        target: Target,
        revision: int,
        *,
        timeout: int,
        hopeless: Callable[[], bool],
        watched: bool = True,
    ) -> None:
        del timeout
        self.watched.append(watched)
        records = self.cluster.records[target.namespace, target.name]
        good = records[revision]
        new = max(records) + 1
        records[new] = Record("failed", good.values, good.manifest)
        if self.no_way_back:
            raise failed("rollback-failed", self.no_way_back)
        self.cluster.wrong = [each for each in self.cluster.wrong if each.stuck]
        hopeless()
        self.cluster.things.install(good.manifest, records[new - 1].manifest)
        good.status, records[new].status = "superseded", "deployed"

    def preview(self, target: Target, archive: Path, values: Sequence[str]) -> ReleaseState:
        given, manifest = self._rendered(target, archive, values)
        return ReleaseState(
            revision=0, status="pending-upgrade", values=given, manifest=manifest, hooks=self.hooks
        )

    def _rendered(self, target: Target, archive: Path, values: Sequence[str]) -> tuple[dict[str, Any], str]:
        """The values as one, and what the chart's templates say: its objects, with the values' digest."""
        packed: dict[str, str] = json.loads(archive.read_text())
        given: dict[str, Any] = {}
        for text in values:
            given = overlay(given, read_values(text, "values"))
        own = overlay(read_values(packed.get("values.yaml", ""), "values"), given)
        mark = digest(archive.read_bytes() + json.dumps(given, sort_keys=True).encode())
        manifest = json.dumps(deployment_of(target.name, own, mark))
        more = [text for name, text in sorted(packed.items()) if name.startswith("templates/")]
        return given, "\n---\n".join([manifest, *more])

    def holder(self, labels: Mapping[str, str]) -> tuple[bool | None, float]:
        owner, until = labels.get("owner", ""), float(labels.get("until", 0))
        return (None if owner in self.elsewhere else owner in self.living), until

    def test(self, target: Target, say: Say) -> None:
        self.tests_run += 1
        say(f"GET http://{target.name}/")
        if self.tests_fail:
            raise CheckFailed(Fault("verify-failed", self.tests_fail))
