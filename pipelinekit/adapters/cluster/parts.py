"""What components are made of in a cluster, and what they say of themselves, through kubectl."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import uuid4

from pipelinekit.adapters.cluster import answers, kubectl
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.adapters.cluster.ground import settling
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.model.release import Target
from pipelinekit.model.rollout.component import Condition, Question
from pipelinekit.model.rollout.part import Answer

Object = Mapping[str, Any]

_STATUS = re.compile(r'(?:status="| )(\d{3}) [A-Z][A-Za-z ]*(?:"| in \d+ milliseconds)')
_RESPONSE = re.compile(
    r"server response object: (?:%s)?\[(\{.*?^\})\]$", re.IGNORECASE | re.DOTALL | re.MULTILINE
)
_FORBIDDEN = "(Forbidden)"
_OF_ONE = re.compile(r"\(Forbidden\)|no matches for kind")
"""What kubectl says of single objects: the others it has printed."""
BODY = 1024 * 1024
"""Characters of an answer that are looked at."""


class Parts:
    """The clusters that a set of kubeconfig files reaches."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def settle(self, target: Target, *, privileged: bool) -> bool:
        """Make the namespace unless it is there; whether it was made."""
        return settling.settle(self.env, target, "privileged" if privileged else "restricted")

    def there(self, target: Target, objects: Sequence[Object]) -> Sequence[Object]:
        """Those of the objects that are there, as they are."""
        if not objects:
            return ()
        done = self._asked_for(target, objects)
        if done.code:
            raise answers.cluster_failed(target.context, done.reason())
        return answers.objects(target.context, done.out)

    def absent(self, target: Target, objects: Sequence[Object]) -> Sequence[Object]:
        """Those of the objects that are not there; of what the account may not read nobody knows."""
        if not objects:
            return ()
        done = self._asked_for(target, objects)
        if done.code and not _OF_ONE.search(done.err):
            raise answers.cluster_failed(target.context, done.reason())
        there = {_key(each) for each in answers.objects(target.context, done.out)}
        unread = [line for line in done.err.splitlines() if _FORBIDDEN in line]
        found = []
        for each in objects:
            kind, name = each["kind"], each["metadata"]["name"]
            place = each["metadata"].get("namespace") or target.namespace
            # What is in no namespace may name one in its chart.
            seen = not there.isdisjoint(((kind, place, name), (kind, "", name)))
            if not (seen or any(f'"{name}"' in line for line in unread)):
                found.append(each)
        return found

    def ending(self, target: Target) -> Collection[str]:
        """The namespaces of the cluster that are being deleted; none for an account that may not look."""
        done = self._run(target, "get", "namespaces", "--output", "json")
        if done.code and _FORBIDDEN in done.err:
            return frozenset()
        if done.code:
            raise answers.cluster_failed(target.context, done.reason())
        return frozenset(
            each["metadata"]["name"]
            for each in answers.items(target.context, done.out)
            if (each.get("status") or {}).get("phase") == settling.ENDING
        )

    def _asked_for(self, target: Target, objects: Sequence[Object]) -> process.Completed:
        items = [_name_of(each, target.namespace) for each in objects]
        listed = {"apiVersion": "v1", "kind": "List", "items": items}
        context = ["--context", target.context] if target.context else []
        words = ["kubectl", "get", "--filename", "-", "--ignore-not-found", "--output", "json", *context]
        # Without a namespace of its own: objects may be in several.
        words += ["--request-timeout", "20s"]
        return ask(words, target.context, env=self.env, stdin=json.dumps(listed))

    def pods(self, target: Target, labels: Mapping[str, str], leader: str = "") -> Sequence[Object]:
        """The pods with these labels; with a `leader` selector, those that it selects as well."""
        words = [f"{key}={value}" for key, value in labels.items()]
        selector = ",".join([*words, leader] if leader else words)
        return kubectl.listed(self.env, target, "pods", "--selector", selector)

    def delete_pod(self, target: Target, pod: str) -> None:
        """Have a pod deleted; what makes it anew does so under the same name or another."""
        kubectl.check(self.env, target, "delete", "pod", pod, "--ignore-not-found", "--wait=false")

    def ask(self, target: Target, question: Question) -> Answer:
        """The answer of a Service, asked through the API server; status 0 where nobody answered."""
        service = f"{question.scheme or 'http'}:{question.service}:{question.port}"
        path = f"/api/v1/namespaces/{target.namespace}/services/{service}/proxy{question.path}"
        # The status, and the body of what is no success, are only in what kubectl tells of its requests.
        done = self._run(target, "get", "--raw", path, "-v=6")
        if done.code == 0:
            statuses = _STATUS.findall(done.err)
            return Answer(status=int(statuses[-1]) if statuses else 200, body=done.out[:BODY])
        return _refused(done)

    def resource(self, target: Target, condition: Condition) -> Object | None:
        """The object that a condition is about, or None."""
        return kubectl.found(self.env, target, condition.resource, condition.name)

    def back_up(self, target: Target, cronjob: str, *, timeout: int) -> str:
        """Run one Job of a CronJob to its end; its name. Raises `ToolFailed` when it does not succeed."""
        name = f"{cronjob[:40]}-{uuid4().hex[:8]}"
        made = self._run(target, "create", "job", name, f"--from=cronjob/{cronjob}")
        if "(NotFound)" in made.err:
            hint = "backup.cronjob in component.yaml names one that the installed release has"
            raise failed("backup-failed", f"there is no CronJob {cronjob} to make a backup by", hint=hint)
        if made.code:
            raise answers.cluster_failed(target.context, made.reason())
        context = ["--context", target.context] if target.context else []
        words = ["kubectl", "get", "job", name, "--namespace", target.namespace, *context]
        template = '{range .status.conditions[?(@.status=="True")]}{.type} {.message}{"\\n"}{end}'
        ended: list[str] = []

        def over() -> bool:
            done = process.run([*words, "--output", f"jsonpath={template}"], env=self.env, timeout=30)
            ended[:] = [line for line in done.out.splitlines() if line.startswith(("Complete", "Failed"))]
            return bool(ended)

        wait = ["kubectl", "wait", "--for=condition=Complete", f"job/{name}", f"--timeout={timeout}s"]
        process.watch([*wait, "--namespace", target.namespace, *context], env=self.env, tick=over)
        if over() and ended[0].startswith("Complete"):
            return name
        why = ended[0] if ended else f"it takes longer than {timeout} s"
        log = f"{target.kubectl} logs job/{name}"
        hint = f"`{log}` says why: mend that and run the same again; nothing is changed before its backup"
        raise failed("backup-failed", f"the backup {name} has not succeeded: {why}", hint=hint)

    def _run(self, target: Target, *arguments: str, stdin: str | None = None) -> process.Completed:
        return kubectl.run(self.env, target, *arguments, stdin=stdin)


def _refused(done: process.Completed) -> Answer:
    """What is no success: the Service's own answer, or why there is none.

    What the API server says itself has no cause of this name; what it passes on from a Service has.
    """
    found = _RESPONSE.search(done.err)
    try:
        body = json.loads(found[1]) if found else {}
        for each in (body.get("details") or {}).get("causes") or ():
            if each.get("reason") == "UnexpectedServerResponse":
                return Answer(status=int(body.get("code", 0)), body=str(each.get("message", ""))[:BODY])
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        # No answer of Kubernetes: kubectl's own words are what there is.
        pass
    return Answer(status=0, reason=done.reason())


def _key(each: Object) -> tuple[str, str, str]:
    return each["kind"], each["metadata"].get("namespace") or "", each["metadata"]["name"]


def _name_of(each: Object, namespace: str) -> Object:
    metadata = each["metadata"]
    place = {"name": metadata["name"], "namespace": metadata.get("namespace", namespace)}
    return {"apiVersion": each["apiVersion"], "kind": each["kind"], "metadata": place}
