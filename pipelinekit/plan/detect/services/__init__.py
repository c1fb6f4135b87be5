"""Which programs a repository has that could be applications: counted before one is chosen.

Libraries, tests, tools and databases are none. Where the top is a program itself, a folder below is one of
its own only when a compose file or a Dockerfile of its own says so: a server may well have a front end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelinekit.model.repository.container import Container
from pipelinekit.model.repository.services import Built, Service
from pipelinekit.plan.detect import node
from pipelinekit.plan.detect.services import folders, labels, outside, programs
from pipelinekit.plan.detect.services.built import TOP, as_built
from pipelinekit.plan.detect.signs import Detected, Texts


def services(
    texts: Texts, builds: Sequence[Built], containers: Mapping[str, Container], top: Detected | None
) -> tuple[Service, ...]:
    """All candidates, sorted by their folders; `containers` has what the Dockerfiles come to, by their paths.

    `top` is what the whole of it shows.
    """
    built = [
        each
        for each in builds
        if programs.is_ours(containers.get(each.dockerfile)) and not folders.is_aside(each)
    ]
    found = {each.path: each for each in programs.at_top(texts, containers, top)}
    leads = node.leads(texts) and any(each.context != TOP for each in built)
    alone = not found or leads
    below = {} if not alone else {each.path: each for each in folders.below(texts, containers)}
    if below and (leads or _is_only_pages(found)):
        found = {}
    for each in (*below.values(), *folders.declared(texts, built, containers, set(found) | set(below))):
        found.setdefault(each.path, each)
    local = outside.projects(texts)
    found = {path: outside.built_with(local, as_built(texts, each, built)) for path, each in found.items()}
    return labels.named(tuple(found[path] for path in sorted(found)))


def _is_only_pages(found: Mapping[str, Service]) -> bool:
    """Whether the top is nothing but a page beside the programs."""
    return all(each.language == "static" for each in found.values())
