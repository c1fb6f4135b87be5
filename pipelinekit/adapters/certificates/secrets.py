"""Secrets of certificates and who reads them, through kubectl; a key goes over standard input alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.adapters.cluster.ground import settling
from pipelinekit.model.certificate import CA, CRT, KEY, Held, Reader, Reading
from pipelinekit.model.ground.preparation import PLATFORM_LABEL
from pipelinekit.model.release import Target

Object = Mapping[str, Any]

MARK = "certificates.pipelinekit.dev"
RELOADS = "pipelinekit.dev/reloads"
"""The annotation by which a template says which Secret its pods read anew by themselves."""
"""Before the slash of an annotation on pods: the serial that they were made for, by the Secret's name."""
MANAGER = "pipelinekit-certificates"
_KINDS = "deployments,statefulsets,daemonsets"
_LINES = 7


class CertificateSecrets:
    """Those of the clusters that a set of kubeconfig files reaches."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def look(self, target: Target, kind: str, name: str, platform: str) -> Held | None:
        """What is there."""
        crt, key, ca = (each.replace(".", "\\.") for each in (CRT, KEY, CA))
        parts = (
            "{.metadata.resourceVersion}",
            "{.metadata.labels}",
            "{.type}",
            "{.metadata.managedFields[*].time}",
            f"{{.data.{crt}}}" if kind == "Secret" else "",
            f"{{.data.{key}}}" if kind == "Secret" else "",
            # In a ConfigMap it is text of several lines, and so the last.
            f"{{.data.{ca}}}",
        )
        template = '{"\\n"}'.join(parts)
        words = ("get", kind.lower(), name, "--ignore-not-found", "--output", f"jsonpath={template}")
        text = kubectl.check(self.env, target, *words)
        if not text.strip():
            return None
        lines = text.split("\n", _LINES - 1)
        if len(lines) != _LINES:
            raise answers.not_kubernetes(target.context, f"it has shown no {kind} {name}")
        labels = answers.mapping(target.context, lines[1])
        version, _, type_, written, certificate, key, authority = lines
        if kind == "Secret":
            certificate, key, authority = _seen(certificate), _seen(key), _seen(authority)
        times = [each for each in written.split() if each[:1].isdigit()]
        return Held(
            version=version,
            owner=_owner(labels, platform),
            type=type_,
            written=max(times, default=""),
            certificate=certificate,
            key=key,
            authority=authority,
        )

    def settle(self, target: Target, labels: Mapping[str, str]) -> bool:
        """Make the namespace unless it is there; whether it was made."""
        return settling.settle(self.env, target, "restricted", labels)

    def put(self, target: Target, wanted: Object) -> bool:
        """Make an object, or replace the version that it names; False where somebody else was first."""
        verb = "replace" if wanted["metadata"].get("resourceVersion") else "create"
        words = (verb, "--filename", "-", "--output", "name", f"--field-manager={MANAGER}")
        done = kubectl.run(self.env, target, *words, stdin=json.dumps(wanted))
        if done.code and any(each in done.err for each in ("AlreadyExists", "(Conflict)", "(NotFound)")):
            if "namespaces" in done.err and "not found" in done.err:
                raise answers.cluster_failed(target.context, done.reason())
            return False
        if done.code:
            # A refusal may repeat what was sent: its first words have to do.
            raise answers.cluster_failed(target.context, done.reason()[:300].partition("-----BEGIN")[0])
        return True

    def reading(self, target: Target, name: str, written: str) -> Reading:
        """Who reads a Secret that was written at that moment (the cluster's)."""
        readers = tuple(
            _reader(each, name)
            for each in kubectl.listed(self.env, target, _KINDS)
            if name in set(_secrets(each["spec"]["template"]["spec"]))
        )
        behind = tuple(
            each["metadata"]["name"]
            for each in kubectl.listed(self.env, target, "pods")
            if name in set(_secrets(each["spec"])) and _is_before(each, written)
        )
        return Reading(readers=readers, behind=behind)

    def renew(self, target: Target, reader: str, name: str, serial: str) -> None:
        """Have the pods of a reader, like StatefulSet/openbao, made for that certificate; once a serial."""
        patch = {"spec": {"template": {"metadata": {"annotations": {f"{MARK}/{name}": serial}}}}}
        words = ("patch", reader, "--type=merge", f"--field-manager={MANAGER}", "--patch-file=/dev/stdin")
        kubectl.check(self.env, target, *words, stdin=json.dumps(patch))


def _owner(labels: Object, platform: str) -> str:
    """Whose it is by its label, where it is not ours."""
    whose = labels.get(PLATFORM_LABEL, "")
    if whose == platform:
        return ""
    return f"platform {whose}'s" if whose else "somebody else's: no platform has marked it"


def _seen(text: str) -> str:
    """What can be read of it: anybody may have written anything there, and it is no certificate then."""
    try:
        return base64.b64decode(text).decode(errors="replace")
    except ValueError:
        return text


def _reader(each: Object, name: str) -> Reader:
    template, spec = each["spec"]["template"], each["spec"]
    notes = (template.get("metadata") or {}).get("annotations") or {}
    return Reader(
        name=f"{each['kind']}/{each['metadata']['name']}",
        told=str(notes.get(f"{MARK}/{name}", "")),
        by_hand=(spec.get("updateStrategy") or {}).get("type", "") == "OnDelete",
        reloads=notes.get(RELOADS) == name,
    )


def _secrets(pod: Object) -> Iterator[str]:
    """The Secrets that containers of a pod read, by name."""
    for each in pod.get("volumes") or ():
        yield str((each.get("secret") or {}).get("secretName", ""))
        for source in (each.get("projected") or {}).get("sources") or ():
            yield str((source.get("secret") or {}).get("name", ""))
    for container in (*(pod.get("initContainers") or ()), *(pod.get("containers") or ())):
        for each in container.get("envFrom") or ():
            yield str((each.get("secretRef") or {}).get("name", ""))
        for each in container.get("env") or ():
            found = (each.get("valueFrom") or {}).get("secretKeyRef") or {}
            yield str(found.get("name", ""))


def _is_before(pod: Object, written: str) -> bool:
    """Whether a container that runs there began before the Secret was written."""
    if pod["status"].get("phase") in ("Succeeded", "Failed") or "deletionTimestamp" in pod["metadata"]:
        return False
    running = (each["state"].get("running") or {} for each in pod["status"].get("containerStatuses") or ())
    # Both are texts of whole seconds in UTC: one that is the same may have been earlier.
    return any(each.get("startedAt", "9") <= written for each in running)
