"""A chart's values at two moments: what is written when it is packaged, what is given when it is deployed.

A generated chart names its image by digest and takes the registry's host at deployment. A chart that the user
keeps as their own says which of its values take what of the image; where nothing is said, it mostly has
`image.repository` and `image.tag`: there the digest goes into the tag, and the host is given with the
repository.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipelinekit.model.platform.document import Environment
from pipelinekit.model.platform.network import PRIVATE
from pipelinekit.model.release import ReleasePlan
from pipelinekit.plan.release import peers_of

Values = Mapping[str, Any]

USUAL = {"repository": "image.repository", "tag": "image.tag"}
"""Where charts have the image that say nothing else, as those of `helm create`."""


def takes_digest(values: Values) -> bool:
    """Whether a chart's own values have a place for the image's digest, as generated charts do."""
    image = values.get("image")
    return isinstance(image, Mapping) and "digest" in image


def image_values(
    values: Values, repository: str, version: str, digest: str, places: Mapping[str, str] | None = None
) -> dict[tuple[str, ...], str]:
    """What is written into the chart's own values, by path; `places` are an own chart's, if it names some."""
    if not places and takes_digest(values):
        return {("image", "repository"): repository, ("image", "digest"): digest}
    places = places or USUAL
    parts = {
        "image": f"{repository}@{digest}",
        "repository": repository,
        "digest": digest,
        "tag": version if "digest" in places else f"{version}@{digest}",
    }
    return {tuple(places[name].split(".")): text for name, text in parts.items() if name in places}


def other_image(own: Values, laid: Values, digest: str, places: Mapping[str, str] | None = None) -> str:
    """What a packaged chart runs in the place of the image of that digest; empty where it runs that one.

    `own` are the chart's own values, `laid` the same with an environment's over them.
    """
    # By digest alone: a repository that has it has the same bytes, and versions are others' words.
    for path, text in image_values(own, "", "", digest, places).items():
        found = str(_at(laid, ".".join(path)) or "nothing")
        if text.endswith(digest) and not found.endswith(digest):
            return found
    return ""


def given_values(
    plan: ReleasePlan, environment: Environment, values: Values, chart_digest: str
) -> dict[str, Any]:
    """What is laid over the chart's own `values` at deployment."""
    images, vault = plan.platform.images, plan.platform.vault
    registry = environment.registry or images.registry
    own = plan.app.chart
    if (own and own.values) or not takes_digest(values):
        places = dict(own.values) if own and own.values else dict(USUAL)
        given: dict[str, Any] = {"global": {"pipelinekit.dev/chart": chart_digest}}
        if "registry" in places:
            _put(given, places["registry"], registry)
        elif "image" in places:
            _put(given, places["image"], f"{registry}/{_at(values, places['image'])}")
        else:
            _put(given, places["repository"], f"{registry}/{plan.image.repository}")
        if images.pull_secret:
            _put(given, places.get("pullSecrets", "imagePullSecrets"), [{"name": images.pull_secret}])
        return given
    given = {
        "digest": chart_digest,
        "environment": environment.name,
        "image": {
            "registry": registry,
            "pullSecrets": [images.pull_secret] if images.pull_secret else [],
        },
        "mirror": images.mirror,
        "peers": peers_of(plan.app, plan.platform, environment),
    }
    if "develop" in values:
        # Whatever a values file says: a pipeline's copy is nobody's to write into.
        given["draft"] = ""
    if vault:
        given["vault"] = {name: value for name, value in asdict(vault).items() if value}
    network = plan.platform.network
    if network:
        # A list is laid over as a whole: what is private anywhere stays among it.
        more = {"inside": [*PRIVATE, *network.inside]} if network.inside else {}
        services = {name: list(ports) for name, ports in network.services.items()}
        given["network"] = {**more, **({"services": services} if services else {})}
    return given


def _put(values: dict[str, Any], place: str, value: object) -> None:
    *folders, last = place.split(".")
    for each in folders:
        values = values.setdefault(each, {})
    values[last] = value


def _at(values: Values, place: str) -> object:
    found: object = values
    for each in place.split("."):
        found = found.get(each) if isinstance(found, Mapping) else None
    return found


def closed_services(values: Values) -> list[str]:
    """The kinds of backing services of a generated chart whose ports nobody names: no way there is open."""
    network, kinds = values.get("network"), values.get("services")
    known = network.get("services") if isinstance(network, Mapping) else None
    if not isinstance(known, Mapping) or not isinstance(kinds, list) or not takes_digest(values):
        return []
    return sorted({str(each) for each in kinds if not known.get(each)})


def chart_of(given: Values) -> str:
    """The digest of the chart that values were given to at deployment, or empty where none is told."""
    outer = given.get("global")
    marked = outer.get("pipelinekit.dev/chart") if isinstance(outer, Mapping) else None
    return str(marked or given.get("digest") or "")


def autoscales(values: Values) -> bool:
    """Whether values speak of an autoscaler, as generated charts and those of `helm create` do."""
    return any(
        ("autoscal" in str(name).lower() and _is_on(value))
        or (isinstance(value, Mapping) and autoscales(value))
        for name, value in values.items()
    )


def _is_on(value: object) -> bool:
    return bool(value.get("enabled", value)) if isinstance(value, Mapping) else bool(value)
