"""The release of the inner loop: the chart in the folder, with the image that was made of the sources."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelinekit.errors import refused
from pipelinekit.model.draft import BUILD_ID, DRAFT, Built
from pipelinekit.model.receipts import ChartPublished
from pipelinekit.model.release import ReleasePlan, ReleaseState, Target
from pipelinekit.plan.chartvalues import autoscales, given_values
from pipelinekit.plan.draft.place import OWNER
from pipelinekit.plan.draft.values import INJECTED, Values, injected, with_build
from pipelinekit.ports import Say, SecretVersions
from pipelinekit.reading.chart.values import overlay, read_values
from pipelinekit.steps.deploying.deployment import Prepared
from pipelinekit.steps.deploying.referenced import MARKS, with_versions

_ASIDE = INJECTED | {"develop", "peers", MARKS}
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart's folder that nobody changes any more, and the digest of all its files."""

    folder: Path
    digest: str
    values: Mapping[str, Any]
    """Its own."""
    environment: str = ""
    """The text of its values for the environment that this copy is like."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What is laid over the chart's values for this copy, the later ones on top."""

    hosts: Mapping[str, Any] = field(default_factory=dict)
    sets: Mapping[str, Any] = field(default_factory=dict)
    peers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    develop: Mapping[str, Any] = field(default_factory=dict)
    """What makes its pods fit for sync; wins over what is set."""
    pull_secret: bool = False
    owner: str = ""
    """Whose copy it is, where the namespace does not say it."""


def prepare(
    plan: ReleasePlan,
    target: Target,
    chart: Chart,
    image: Built,
    wishes: Wishes,
    state: ReleaseState | None,
    cluster: SecretVersions,
    say: Say,
) -> Prepared:
    """What goes to the developer's namespace; the same as what runs there gets the same `buildID`."""
    upper = _laid(plan, target, chart, image, wishes)
    lower, text = with_versions((chart.environment, json.dumps(upper)), plan.app, target, cluster, say)
    upper = read_values(text, "values")
    merged = overlay(read_values(lower, "values"), upper)
    values = with_build(merged, state.values if state else None, build_id())
    text = json.dumps({**upper, BUILD_ID: values[BUILD_ID]}, indent=2)
    published = ChartPublished(
        key=plan.key,
        version=plan.version,
        repository="",
        digest=chart.digest,
        archive_digest="",
        image_repository=image.repository,
        image_digest=image.digest,
    )
    return Prepared(
        plan=replace(plan, version=image.tag[:12]),
        chart=published,
        target=target,
        archive=chart.folder,
        layers=(lower, text),
        values=values,
        autoscales=autoscales(overlay(dict(chart.values), values)),
    )


def is_given(plan: ReleasePlan, target: Target, chart: Chart, wishes: Wishes, installed: Values) -> bool:
    """Whether a release has the values that `prepare` gives now, as far as chart and wishes say them.

    What the image, partners and Secrets say is passed over, and the debugger's or sync's own part.
    """
    none = Built(repository="", tag="", digest="", built=False, pushed=False)
    now = overlay(read_values(chart.environment, "values"), _laid(plan, target, chart, none, wishes))
    return _said(now) == _said(installed)


def _said(values: Values) -> dict[str, Any]:
    return {key: each for key, each in values.items() if key not in _ASIDE}


def _laid(plan: ReleasePlan, target: Target, chart: Chart, image: Built, wishes: Wishes) -> dict[str, Any]:
    """What is laid over the chart's values, but for what the cluster says."""
    own = dict(chart.values)
    upper = given_values(plan, target.environment, own, chart.digest)
    if wishes.peers and "peers" in upper:
        upper["peers"] = {word: dict(each) for word, each in wishes.peers.items()}
    for layer in (wishes.hosts, wishes.sets, wishes.develop):
        upper = overlay(upper, dict(layer))
    upper = overlay(upper, injected(target.name, image, own, chart.digest, pull_secret=wishes.pull_secret))
    return overlay(upper, {"global": {OWNER: wishes.owner}}) if wishes.owner else upper


def require_ours(target: Target, state: ReleaseState | None, owner: str) -> None:
    """Raise `Refused` for a release that a pipeline, a hand or another developer has installed: it is theirs
    to change. Of one whose namespace says whose it is, `global` says nothing."""
    shared = state.values.get("global") if state else None
    other = str(shared.get(OWNER) or "") if isinstance(shared, Mapping) else ""
    if other and other != owner:
        raise refused(
            "copy-taken",
            f"'{target.name}' in {target.namespace} is {other}'s copy, and you are {owner}",
            hint="take `namespace` out of draft.toml: each developer then has one of their own; where it is"
            f" nobody's any more, `helm uninstall {target.name} {target.for_helm}` makes room",
        )
    if state and not state.values.get(DRAFT):
        raise refused(
            "release-foreign",
            f"release '{target.name}' in {target.namespace} was not made by `draft up` "
            f"(revision {state.revision}, {state.status})",
            hint="take `namespace` out of draft.toml: each developer then has one of their own; where it is"
            f" yours, `helm uninstall {target.name} {target.for_helm}` makes room",
        )


def build_id() -> str:
    """A new ULID: 48 bits of milliseconds and 80 of chance, in 26 letters that sort by time."""
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join(_LETTERS[(number >> shift) & 31] for shift in range(125, -1, -5))
