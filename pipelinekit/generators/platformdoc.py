"""The first `platform.yaml`, from a few answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain, count

from pipelinekit import names
from pipelinekit.model.platform.document import PER_TEAM
from pipelinekit.model.tree import FilePlan
from pipelinekit.records import dataclass

FILE = "platform.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What `platform init` was told; `environments` has pairs of name and context, in promotion's order."""

    name: str
    registry: str
    charts: str = ""
    mirror: str = "docker.io"
    registry_credentials: str = ""
    jenkins: str = ""
    ledger: str = ""
    gates: bool = False
    """Whether each environment but the first waits for a release that passed the one before."""
    environments: Sequence[tuple[str, str]]


def plan_platform(answers: Answers) -> FilePlan:
    """The document for these answers; environments with one context share a cluster."""
    clusters: dict[str, dict[str, str]] = {}
    environments: list[dict[str, object]] = []
    for name, context in answers.environments:
        if context not in clusters:
            taken = {each["name"] for each in clusters.values()}
            clusters[context] = _cluster(context, answers, taken)
        environment: dict[str, object] = {
            "name": name,
            "cluster": clusters[context]["name"],
            "namespace": f"{{team}}-{name}",
        }
        if not environments:
            environment["automatic"] = True
        elif answers.gates:
            environment["after"] = environments[-1]["name"]
        environments.append(environment)
    return FilePlan(
        path=FILE,
        template="platform/platform.yaml.j2",
        inputs={
            "name": answers.name,
            "registry": answers.registry,
            "registry_credentials": answers.registry_credentials,
            "mirror": answers.mirror,
            "charts": answers.charts or f"oci://{answers.registry}/charts",
            "jenkins": answers.jenkins,
            "jenkins_credentials": "jenkins-api" if answers.jenkins else "",
            "ledger": answers.ledger,
            "clusters": list(clusters.values()),
            "environments": environments,
            "gates": answers.gates,
        },
    )


def _cluster(context: str, answers: Answers, taken: Collection[str]) -> dict[str, str]:
    wanted = names.label_from(context) or f"cluster-{len(taken) + 1}"
    # Contexts that differ only in what a name cannot hold still are clusters of their own.
    numbered = (f"{wanted[: names.LABEL_MAX - 4]}-{number}" for number in count(2))
    name = next(each for each in chain([wanted], numbered) if each not in taken)
    cluster = {"name": name}
    if context:
        cluster["context"] = context
    if answers.jenkins:
        cluster["credentials"] = f"kube-{name}-{PER_TEAM}"
    return cluster
