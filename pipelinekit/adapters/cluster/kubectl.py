"""kubectl, in one namespace of one cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.adapters.cluster import answers
from pipelinekit.adapters.cluster.answers import Object
from pipelinekit.adapters.cluster.asking import ask
from pipelinekit.adapters.running import process
from pipelinekit.model.release import Target

_JSON = ("--output", "json")


def run(
    env: Mapping[str, str], target: Target, *arguments: str, stdin: str | None = None
) -> process.Completed:
    """Run kubectl in the target's namespace, whatever its exit code; it gives up after twenty seconds."""
    context = ["--context", target.context] if target.context else []
    words = ["kubectl", *arguments, "--namespace", target.namespace, "--request-timeout", "20s", *context]
    return ask(words, target.context, env=env, stdin=stdin)


def check(env: Mapping[str, str], target: Target, *arguments: str, stdin: str | None = None) -> str:
    """What it prints; raises `ToolFailed` when it fails."""
    done = run(env, target, *arguments, stdin=stdin)
    if done.code:
        raise answers.cluster_failed(target.context, done.reason())
    return done.out


def listed(env: Mapping[str, str], target: Target, *which: str) -> list[Object]:
    """The objects of these kinds and selectors; raises `ToolFailed` when the cluster does not tell."""
    return answers.items(target.context, check(env, target, "get", *which, *_JSON))


def found(env: Mapping[str, str], target: Target, kind: str, name: str) -> Object | None:
    """The object of that name, or None; raises `ToolFailed` when the cluster does not tell."""
    text = check(env, target, "get", kind, name, "--ignore-not-found", *_JSON)
    return answers.document(target.context, text) if text.strip() else None


def by_namespace(
    target: Target, objects: Iterable[Mapping[str, Any]]
) -> list[tuple[Target, list[Mapping[str, Any]]]]:
    """The objects of each namespace that one names, with a target there: kubectl works in one at a time."""
    pieces: dict[str, list[Mapping[str, Any]]] = {}
    for each in objects:
        name = (each.get("metadata") or {}).get("namespace") or target.namespace
        pieces.setdefault(name, []).append(each)
    return [(replace(target, namespace=name), some) for name, some in pieces.items()]
