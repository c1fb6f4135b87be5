"""Back to the revision of a release that ran before, by Helm's own rollback."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelinekit.adapters.cluster import answers, kubectl, printed
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.adapters.cluster.charts import holders
from pipelinekit.adapters.running import process
from pipelinekit.model.release import Target

UNRUN = frozenset(("failed", "pending-install", "pending-upgrade", "pending-rollback"))
"""The states of a revision that says of itself that it was not deployed whole."""


def last_good(env: Mapping[str, str], target: Target) -> int | None:
    """The newest revision that was deployed whole and has not been replaced by another, or None.

    Raises `ToolFailed` when the cluster does not say.
    """
    records = _revisions(env, target)
    return max((each["revision"] for each in records if each.get("status") == "deployed"), default=None)


def has_run(env: Mapping[str, str], target: Target) -> bool:
    """Whether any revision was deployed whole, also one that was replaced since.

    Raises `ToolFailed` when the cluster does not say.
    """
    return any(each.get("status") not in UNRUN for each in _revisions(env, target))


def _revisions(env: Mapping[str, str], target: Target) -> Sequence[Mapping[str, Any]]:
    words = ["helm", "history", target.name, "--max", "20", "--output", "json", *scope(target)]
    done = ask(words, target.context, env=env)
    if done.code and "release: not found" not in done.err:
        raise answers.cluster_failed(target.context, done.reason())
    return printed.revisions(done.out) if done.code == 0 else []


def is_watchable(env: Mapping[str, str], target: Target, revision: int) -> bool:
    """Whether each object of a revision gets ready once; where that is not told, Helm will say why."""
    # Few roll back, and whoever asks Helm for anything loads this.
    from pipelinekit.plan.preflight import waiting
    from pipelinekit.reading.chart.manifest import read_manifest

    words = ["helm", "get", "manifest", target.name, "--revision", str(revision), *scope(target)]
    done = ask(words, target.context, env=env)
    return bool(done.code) or not any(map(waiting.never_ready, read_manifest(done.out)))


def back(
    env: Mapping[str, str],
    target: Target,
    revision: int,
    *,
    timeout: int,
    options: tuple[str, ...],
    tick: Callable[[], bool],
) -> process.Completed:
    """Roll back and wait until it runs; `options` are the flags that this Helm has for who owns a field.

    Helm copies the labels of the revision that it goes back to: what says that we are at work is put there,
    so that whoever comes meanwhile waits, and takes over when we are killed.
    """
    record = f"sh.helm.release.v1.{target.name}.v{revision}"
    kubectl.run(env, target, "label", "--overwrite", "secret", record, *holders.labels(timeout).split(","))
    words = ["helm", "rollback", target.name, str(revision), "--wait", "--timeout", f"{timeout}s"]
    return process.watch(
        [*words, "--history-max", "10", *options, *scope(target)],
        env=env,
        tick=tick,
    )


def scope(target: Target) -> list[str]:
    """A target's place, as Helm wants it named."""
    context = ["--kube-context", target.context] if target.context else []
    return ["--namespace", target.namespace, *context]
