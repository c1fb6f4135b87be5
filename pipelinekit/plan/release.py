"""The release plan: from application, platform and revision to every name that the line will use."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pipelinekit.counts import counted
from pipelinekit.errors import refused, usage
from pipelinekit.model.app import App, partner_of
from pipelinekit.model.digest import digest_of
from pipelinekit.model.platform.document import OCI, Environment, Platform
from pipelinekit.model.platform.packages import CLIENTS
from pipelinekit.model.release import ImageRef, Key, ReleasePlan, ReleaseState, Revision, Target
from pipelinekit.names import nearest
from pipelinekit.plan.inputs import LABEL, Inputs
from pipelinekit.plan.moment import moment, spoken
from pipelinekit.plan.versions.version import version_of

BASE_REGISTRY = "BASE_REGISTRY"
"""The build argument that names where Docker Hub's base images are pulled from."""


def plan_release(app: App, platform: Platform, revision: Revision, key: Key) -> ReleasePlan:
    """Which image and chart come from this revision, and what they are called."""
    version = version_of(revision, conventional=app.versions == "conventional")
    return ReleasePlan(
        app=app,
        platform=platform,
        revision=revision,
        key=key,
        version=version,
        image=ImageRef(platform.images.registry, platform.images.repository(app.team, app.name), version),
        chart=chart_ref(platform, app, version),
        chart_folder=app.chart_folder,
    )


def chart_ref(platform: Platform, app: App, version: str) -> ImageRef:
    """Where a chart's version lives; `registry` is a Helm repository's address where it is over http."""
    return ImageRef(*platform.charts.place_of(app.team, app.name), version)


def build_arguments(app: App, platform: Platform, declared: Collection[str]) -> dict[str, str]:
    """The build's arguments: the platform's for what the Dockerfile declares, the application's over them."""
    given = {BASE_REGISTRY: platform.images.mirror} | {
        CLIENTS[name].argument: proxy.url for name, proxy in platform.packages.items()
    }
    return {name: value for name, value in given.items() if name in declared} | dict(app.build.args)


def line_digest(app: App, platform: Platform, declared: Collection[str]) -> str:
    """The digest of what of a platform decides about an application's image and chart, and of nothing else.

    That is where both go, and the build arguments that its Dockerfile has `declared`. What an environment
    gives is laid over the chart at deployment, and is asked there (`key_at`); the document's order and
    comments, other applications and credentials count for nothing.
    """
    chart = chart_ref(platform, app, "")
    return digest_of(
        {
            "image": [platform.images.registry, platform.images.repository(app.team, app.name)],
            "chart": [chart.registry, chart.repository],
            "arguments": build_arguments(app, platform, declared),
        }
    )


def key_at(plan: ReleasePlan, target: Target) -> Key:
    """What receipts of a deployment are valid for: the place counts as well."""
    return replace(
        plan.key,
        platform=digest_of({"line": plan.key.platform, "place": [target.context, target.namespace]}),
    )


def chart_address(ref: ImageRef) -> str:
    """A chart as people and Helm name it."""
    return str(ref) if "://" in ref.registry else f"{OCI}{ref}"


def image_labels(plan: ReleasePlan, inputs: Inputs | None = None, base: str = "") -> dict[str, str]:
    """The image's OCI annotations: what it is, where it comes from, what it was made of.

    `base` is the image that the last stage begins with. An image that serves several revisions names the
    first one: what it was made of did not change.
    """
    prefix = "org.opencontainers.image."
    revision = plan.revision
    found = {
        "title": plan.app.name,
        "description": f"Application {plan.app.name} of team {plan.app.team}",
        "version": plan.version,
        "revision": revision.commit or revision.tree,
        "vendor": plan.app.team,
        "source": revision.source,
        "url": revision.source if revision.source.startswith("https://") else "",
        "created": moment(revision.committed) if revision.committed else "",
        "ref.name": plan.version,
        "base.name": base,
        "base.digest": inputs.bases.get(base, "") if inputs else "",
    }
    labels = {prefix + name: value for name, value in found.items() if value}
    return {**labels, LABEL: inputs.digest} if inputs else labels


def target_of(app: App, platform: Platform, environment: Environment) -> Target:
    """Where an application is in an environment."""
    return Target(
        name=app.name,
        environment=environment,
        namespace=environment.namespace_of(app.team, app.name),
        context=platform.cluster_of(environment).context,
    )


def check_installable(target: Target, state: ReleaseState | None) -> None:
    """Raise `Refused` for a release that somebody has begun to remove: to end that is theirs."""
    if state and state.status == "uninstalling":
        raise refused(
            "release-uninstalling",
            f"release '{target.name}' is being removed from {target.namespace} (revision {state.revision})",
            hint="wait for whoever is at it; when nobody is, this ends it, and the next deploy installs:\n"
            f"helm uninstall {target.name} {target.for_helm}",
        )


def peers_of(app: App, platform: Platform, environment: Environment) -> dict[str, dict[str, str]]:
    """For each application that is called or accepted: its name, and its namespace in that environment."""
    peers = {}
    for word in (*app.calls, *app.accepts):
        team, name = peer_of(word, app, platform)
        peers[word] = {"name": name, "namespace": environment.namespace_of(team, name)}
    return peers


def peer_of(word: str, app: App, platform: Platform) -> tuple[str, str]:
    """Team and name of an application that is called or accepted.

    A bare name is looked up among the platform's registrations; one that is not there counts as one of the
    same team.
    """
    named, _, name = partner_of(word)[0].rpartition("/")
    known = [] if named else [each.team for each in platform.applications if each.name == name]
    return named or (known[0] if len(known) == 1 else app.team), name


def environments_to_deploy(
    platform: Platform, name: str, *, automatic: bool, of: str = "APP@VERSION"
) -> tuple[Environment, ...]:
    """The environments that a deployment of a release (`of`) goes to: the named one, or all automatic ones.

    Raises `Refused` for one with a gate: a release gets there by promotion only.
    """
    if automatic:
        return tuple(each for each in platform.environments if each.automatic)
    environment = environment_named(platform, name)
    if environment.gated:
        gate = describe_gate(environment)
        raise refused(
            "environment-gated",
            f"'{environment.name}' is reached by promotion, not by deploying",
            hint=f"its gate: {gate}; `pipelinekit promote {of} --to {environment.name}`",
        )
    return (environment,)


def environment_named(platform: Platform, name: str) -> Environment:
    """The environment of that name, gate or not; without a name the only one that is deployed to.

    Raises `UsageError` where there is none.
    """
    environment = platform.environment(name) if name else _only_open(platform)
    if environment is None:
        raise usage(
            "environment-unknown",
            f"there is no environment '{name}'" if name else "several environments: say which",
            hint=nearest(name, (each.name for each in platform.environments)),
        )
    return environment


def describe_gate(environment: Environment) -> str:
    """An environment's gate in words."""
    asked = environment.approvals
    parts = [
        f"after {environment.after}" if environment.after else "",
        f"soak {spoken(environment.soak)}" if environment.soak else "",
        f"{asked.count} of {', '.join(asked.groups)}" if asked else "",
        f"{counted(len(environment.freeze), 'freeze window')}" if environment.freeze else "",
        *(f"evidence {each.type}" for each in environment.evidence),
        f"change {environment.change}" if environment.change else "",
        "a way back" if environment.back else "",
    ]
    return "; ".join(each for each in parts if each) or "none"


def _only_open(platform: Platform) -> Environment | None:
    open_ones = [each for each in platform.environments if not each.gated]
    return open_ones[0] if len(open_ones) == 1 else None
