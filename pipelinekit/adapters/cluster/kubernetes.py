"""Kubernetes through kubectl: namespaces, releases' records, and whether all is rolled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelinekit.adapters.cluster import answers, dated, kubectl, printed
from pipelinekit.adapters.cluster.ground import settling
from pipelinekit.adapters.cluster.pods.running import Pods
from pipelinekit.adapters.cluster.pods.tasks import Tasks
from pipelinekit.adapters.running import process
from pipelinekit.errors import failed
from pipelinekit.model.release import Target
from pipelinekit.model.trouble import Trouble

Object = Mapping[str, Any]


class Kubernetes(Tasks):
    """Clusters as a set of kubeconfig files reaches them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self._pods = Pods(env)

    def version(self) -> str:
        """kubectl's own version, without `v`."""
        answer = process.check(["kubectl", "version", "--client", "--output", "json"])
        return _version(answer, "clientVersion")

    def current_context(self) -> str:
        """The current kube context, or empty."""
        done = process.run(["kubectl", "config", "current-context"], env=self.env)
        return done.out.strip() if done.code == 0 else ""

    def ping(self, context: str) -> str:
        """The server's version; `ToolFailed` when it does not answer or refuses the credentials."""
        scope = ["--context", context] if context else []
        done = process.run(
            ["kubectl", "version", "--output", "json", "--request-timeout", "10s", *scope],
            env=self.env,
            timeout=30,
        )
        if "does not exist" in done.err and "context" in done.err:
            known = process.run(["kubectl", "config", "get-contexts", "--output", "name"], env=self.env)
            has = ", ".join(known.out.split()) or "none"
            raise failed(
                "context-missing", f"there is no kube context '{context}'", hint=f"the kubeconfig has: {has}"
            )
        if done.code:
            asks = " ".join(("kubectl", *scope, "cluster-info"))
            raise answers.refusal(context, done.reason()) or failed(
                "cluster-unreachable",
                f"the cluster does not answer: {done.reason()}",
                hint=f"is its address right, and is it up? `{asks}` asks it",
            )
        return _version(done.out, "serverVersion")

    def ensure_namespace(self, target: Target) -> bool:
        """Make the namespace, with its environment's Pod Security, unless it is there; whether it was made.

        An account that may not look is taken at its word that somebody else makes namespaces.
        """
        return settling.settle(self.env, target, target.environment.pod_security)

    def now(self, target: Target) -> float:
        """The time by the cluster's clock, in seconds since 1970; 0 where it tells none."""
        return dated.now(self.env, target)

    def deployments(self, target: Target) -> list[Object]:
        """The target's Deployments."""
        return [*kubectl.listed(self.env, target, "deployments", *_of(target))]

    def troubles(self, target: Target, *, since: float = 0, kept: bool = False) -> tuple[Trouble, ...]:
        """Why the target's pods (those made since then, and those that stay) are not ready."""
        return self._pods.troubles(target, since=since, kept=kept)

    def last_lines(self, target: Target, trouble: Trouble) -> tuple[str, ...]:
        """The last lines of the log of the container in trouble."""
        return self._pods.last_lines(target, trouble)

    def free(self, target: Target, pod: str) -> str:
        """Delete a pod that nothing else replaces; why it could not be done, or empty."""
        return self._pods.free(target, pod)

    def secret_versions(self, target: Target, names: Sequence[str]) -> Mapping[str, str] | None:
        """By name, for those that are there; None where they may not be read. No value leaves kubectl."""
        owner = r":.metadata.annotations.meta\.helm\.sh/release-name"
        columns = f"custom-columns=:.metadata.name,{owner},:.metadata.uid,:.metadata.resourceVersion"
        options = ("--ignore-not-found", "--no-headers", "--output", columns)
        done = self._run(target, "get", "secrets", *names, *options)
        if done.code and "forbidden" in done.err.lower():
            return None
        if done.code:
            raise answers.cluster_failed(target.context, done.reason())
        found = (line.split() for line in done.out.splitlines() if line.strip())
        # What the release makes itself changes with its chart.
        return {name: "/".join(version) for name, owner, *version in found if owner != target.name}

    def have_read(self, target: Target, names: Sequence[str]) -> bool:
        """Whether every container of the target that runs began after the last change of those Secrets.

        No value leaves kubectl. What cannot be told is no.
        """
        times = "custom-columns=:.metadata.managedFields[*].time"
        done = self._run(target, "get", "secrets", *names, "--no-headers", "--output", times)
        lines = [line.strip() for line in done.out.splitlines() if line.strip()]
        written = [time for line in lines for time in line.split(",")]
        if done.code or len(lines) != len(set(names)) or not all(each[:1].isdigit() for each in written):
            return False
        pods = kubectl.listed(self.env, target, "pods", *_of(target))
        statuses = [
            status["state"].get("running") or {}
            for pod in pods
            if pod["status"].get("phase") not in ("Succeeded", "Failed")
            for status in pod["status"].get("containerStatuses") or [{"state": {}}]
        ]
        # Both are texts of whole seconds in UTC: one that is the same may have been earlier.
        return bool(statuses) and all(each.get("startedAt", "") > max(written) for each in statuses)

    def release_labels(self, target: Target, revision: int) -> Mapping[str, str] | None:
        """The labels of Helm's record of a release's revision, or None when there is no such record."""
        done = self._run(
            target, "get", "secret", _record(target, revision), "--output", "jsonpath={.metadata.labels}"
        )
        if done.code:
            return None
        return answers.mapping(target.context, done.out)

    def drop_release(self, target: Target, revision: int) -> None:
        """Delete Helm's record of an abandoned revision, so that the one before it counts again."""
        kubectl.check(self.env, target, "delete", "secret", _record(target, revision), "--ignore-not-found")

    def _run(self, target: Target, *arguments: str, stdin: str | None = None) -> process.Completed:
        return kubectl.run(self.env, target, *arguments, stdin=stdin)


def _of(target: Target) -> tuple[str, str]:
    return "--selector", f"app.kubernetes.io/instance={target.name}"


def _version(answer: str, whose: str) -> str:
    found = printed.mapping(answer).get(whose)
    if not isinstance(found, Mapping):
        raise printed.odd(answer)
    return str(found.get("gitVersion", "")).removeprefix("v")


def _record(target: Target, revision: int) -> str:
    return f"sh.helm.release.v1.{target.name}.v{revision}"
