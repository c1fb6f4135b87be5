"""The Job that upgrades a controller: what it may do, what it is made of, and the notes that it leaves."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelinekit.model.rollout.handover import Handover, Kind
from pipelinekit.model.rollout.part import Outcome

Object = Mapping[str, Any]

LABEL = "pipelinekit.dev/handover"
PLAN, GIVEN, QUIET, BEFORE, REASON, OUTCOME = (
    f"pipelinekit.dev/{each}" for each in ("plan", "given", "quiet", "ran-before", "goes-back", "outcome")
)
"""Notes on the Job: the digest of what it does, the ConfigMap that it is given, that it may have quieted the
controller down, the revisions before it, why it goes back, how it ended."""
FOLLOWED = "pipelinekit.dev/followed-"
"""What the notes of builds begin with that follow the Job: they end after it."""
FOLDER, FILE = "/handover", "platform.tar.gz"
LARGEST = 900_000
"""Bytes of an archive that a ConfigMap takes, with room for its names."""
RETRIES = 8
"""How often a pod that was taken away is made anew."""
MORE = 1200
"""Seconds beside what has a time of its own: pods that begin, images that are pulled, questions."""
_DECIDED = [1, 2, 3, 4, 5, 6, 70]
"""Exit codes of a verb that has ended by itself: another pod would end so as well."""
_ALL = ("create", "delete", "get", "list", "patch", "update", "watch")
_SEE = ("get", "list", "watch")
_RBAC = "rbac.authorization.k8s.io"


def name_of(component: str) -> str:
    """The name of a component's Job, its account and its policies: one at a time."""
    return f"{component}-handover"


def digest_of(content: bytes, environment: str) -> str:
    """The digest that the Job holds what it was given against."""
    return f"sha256:{hashlib.sha256(environment.encode() + bytes(1) + content).hexdigest()}"


def following(build: str) -> dict[str, str]:
    """The note of a build that follows a Job: one of its own, for there may be several."""
    return {f"{FOLLOWED}{hashlib.sha256(build.encode()).hexdigest()[:16]}": build}


def followers(notes: Mapping[str, str]) -> frozenset[str]:
    """The builds that follow a Job with these notes."""
    return frozenset(build for note, build in notes.items() if note.startswith(FOLLOWED))


# --- what it may do -------------------------------------------------------------------------------


def rules(
    objects: Sequence[Object], kinds: Mapping[tuple[str, str], Kind], namespace: str, name: str
) -> dict[str, tuple[Object, ...]]:
    """What it takes to install these objects in a namespace, and no more, by namespace.

    An object that gives rights can only be applied by who has them: they are among its own.
    """
    found: dict[str, list[Object]] = {namespace: list(_own(name))}
    for each in objects:
        kind = kinds[each["apiVersion"], each["kind"]]
        where = each["metadata"].get("namespace", namespace) if kind.namespaced else ""
        mine = found.setdefault(where, [])
        mine += _for_one(each, kind)
        if kind.group == _RBAC and kind.plural in ("roles", "clusterroles"):
            mine += [rule for rule in each.get("rules") or () if rule not in mine]
        if kind.group == _RBAC and kind.plural.endswith("bindings"):
            ref = each["roleRef"]
            plural = "clusterroles" if ref["kind"] == "ClusterRole" else "roles"
            mine.append(_rule(_RBAC, plural, "bind", names=[ref["name"]]))
    return {where: tuple(_once(each)) for where, each in found.items()}


def _for_one(each: Object, kind: Kind) -> Iterator[Object]:
    if kind.namespaced:
        yield _rule(kind.group, kind.plural, *_ALL)
        return
    # In the whole cluster these alone; a name counts for nothing where something is made, and Helm watches
    # all of a kind until its own is ready.
    yield _rule(kind.group, kind.plural, "create", "list", "watch")
    yield _rule(kind.group, kind.plural, "delete", "get", "patch", "update", names=[each["metadata"]["name"]])


def _own(name: str) -> Iterator[Object]:
    """Helm's records, pods and what they say, a backup, and the notes on the Job itself."""
    yield _rule("", "secrets", *_ALL)
    yield _rule("", "pods", "delete", *_SEE)
    yield _rule("", "pods/log", "get")
    yield _rule("", "services/proxy", "get")
    yield _rule("", "events", *_SEE)
    yield _rule("apps", "replicasets", *_SEE)
    yield _rule("apps", "controllerrevisions", *_SEE)
    yield _rule("batch", "cronjobs", "get")
    yield _rule("batch", "jobs", "create", "delete", *_SEE)
    yield _rule("batch", "jobs", "patch", names=[name])


def _rule(group: str, plural: str, *verbs: str, names: Sequence[str] = ()) -> Object:
    rule = {"apiGroups": [group], "resources": [plural], "verbs": list(verbs)}
    return rule | ({"resourceNames": list(names)} if names else {})


def _once(found: Sequence[Object]) -> list[Object]:
    return [each for number, each in enumerate(found) if each not in found[:number]]


# --- what it is made of ---------------------------------------------------------------------------


def around(given: Handover) -> tuple[Object, ...]:
    """What is there before the Job: its account, its rights, its way out, and what it is given."""
    name = name_of(given.component)
    payload = {
        **_head("v1", "ConfigMap", payload_of(given), given),
        "immutable": True,
        "binaryData": {FILE: base64.b64encode(given.content).decode()},
    }
    account = {**_head("v1", "ServiceAccount", name, given), "automountServiceAccountToken": False}
    policy = {
        **_head("networking.k8s.io/v1", "NetworkPolicy", name, given),
        # To the API server and to the controller's address, wherever these are; nobody calls it.
        "spec": {
            "podSelector": {"matchLabels": {LABEL: given.component}},
            "policyTypes": ["Ingress", "Egress"],
            "egress": [{}],
        },
    }
    return (account, policy, *_rights(given, name), payload)


def _rights(given: Handover, name: str) -> Iterator[Object]:
    subject = {"kind": "ServiceAccount", "name": name, "namespace": given.namespace}
    for where, mine in given.rules.items():
        role, binding = ("Role", "RoleBinding") if where else ("ClusterRole", "ClusterRoleBinding")
        called = name if where else f"{given.namespace}-{name}"
        yield {**_head(f"{_RBAC}/v1", role, called, given, where), "rules": list(mine)}
        yield {
            **_head(f"{_RBAC}/v1", binding, called, given, where),
            "roleRef": {"apiGroup": _RBAC, "kind": role, "name": called},
            "subjects": [subject],
        }


def payload_of(given: Handover) -> str:
    """The ConfigMap of what a Job is given: another one for each attempt."""
    return f"{name_of(given.component)}-{given.digest.removeprefix('sha256:')[:12]}-{given.mark}"


def job(given: Handover) -> Object:
    """The Job. A pod that is taken away is made anew and goes on; one that has ended by itself is the end."""
    name = name_of(given.component)
    return {
        **_head("batch/v1", "Job", name, given, notes={PLAN: given.digest, GIVEN: payload_of(given)}),
        "spec": {
            "backoffLimit": RETRIES,
            # Builds, the backup, policies, the release, its gate, the way back and its gate. What it cuts off
            # leaves the controller quiet and half changed: all of them have their time.
            "activeDeadlineSeconds": given.wait + given.backup + 5 * given.timeout + MORE,
            "podReplacementPolicy": "Failed",
            "podFailurePolicy": {
                "rules": [
                    {
                        "action": "FailJob",
                        "onExitCodes": {
                            "containerName": "handover",
                            "operator": "In",
                            "values": _DECIDED,
                        },
                    }
                ]
            },
            "template": {
                "metadata": {
                    "labels": {LABEL: given.component},
                    "annotations": {"sidecar.istio.io/inject": "false"},
                },
                "spec": _pod(given, name),
            },
        },
    }


def _pod(given: Handover, name: str) -> Object:
    return {
        "serviceAccountName": name,
        "automountServiceAccountToken": True,
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 5,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "runAsGroup": 65532,
            "fsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        **({"imagePullSecrets": [{"name": given.pull_secret}]} if given.pull_secret else {}),
        "containers": [
            {
                "name": "handover",
                "image": given.image,
                "command": ["pipelinekit", "platform", "handover", *_words(given)],
                "env": list(_environment(given)),
                "resources": {
                    "requests": {"cpu": "100m", "memory": "256Mi"},
                    "limits": {"memory": "1Gi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [
                    {"name": "given", "mountPath": FOLDER, "readOnly": True},
                    {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a volume of the pod's own
                ],
            }
        ],
        "volumes": [
            {"name": "given", "configMap": {"name": payload_of(given)}},
            {"name": "tmp", "emptyDir": {}},
        ],
    }


def _words(given: Handover) -> list[str]:
    return [
        f"--env={given.environment}",
        f"--digest={given.digest}",
        f"--wait={given.wait}",
        f"--timeout={given.timeout}",
        *([f"--build={given.build}"] if given.build else []),
        "--",
        given.component,
        f"{FOLDER}/{FILE}",
    ]


def _environment(given: Handover) -> Iterator[Object]:
    yield {"name": "HOME", "value": "/tmp"}  # noqa: S108 - a volume of the pod's own
    if given.plain_http:
        yield {"name": "PIPELINEKIT_PLAIN_HTTP", "value": given.plain_http}
    for variable, key in (("PK_JENKINS_USER", "username"), ("PK_JENKINS_PASSWORD", "password")):
        if given.login:
            yield {"name": variable, "valueFrom": {"secretKeyRef": {"name": given.login, "key": key}}}


def _head(
    version: str,
    kind: str,
    name: str,
    given: Handover,
    where: str | None = None,
    notes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "labels": {LABEL: given.component}}
    place = given.namespace if where is None else where
    metadata |= {"namespace": place} if place else {}
    metadata |= {"annotations": dict(notes)} if notes else {}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


# --- how it ended ---------------------------------------------------------------------------------


def written(outcome: Outcome, code: str = "") -> str:
    """An outcome as a note; `code` is that of the fault, where it failed."""
    return json.dumps(
        {
            "state": outcome.state,
            "text": outcome.text[:2000],
            "code": code,
            "hint": "\n".join(outcome.faults)[:2000],
            "refused": outcome.refused,
        }
    )


def read(note: str) -> dict[str, Any]:
    """What `written` has written; empty for what it has not."""
    try:
        said = json.loads(note)
    except (ValueError, RecursionError):
        return {}
    whole = isinstance(said, dict) and {"state", "text", "code", "hint", "refused"} <= said.keys()
    return said if whole and isinstance(said["state"], str) else {}
