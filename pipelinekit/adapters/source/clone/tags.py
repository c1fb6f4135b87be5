"""A clone's version tags, and how far from them its commit is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipelinekit.adapters.source.git import Git
from pipelinekit.plan.versions.tags import Found, Line, counting, highest, rivals
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Where a commit's version comes from: the tag (or none), and the first-parent commits since."""

    tag: str = ""
    since: int = 0
    messages: tuple[str, ...] = ()
    tagless: bool = True
    """Whether the clone has no version tag at all."""
    passed: str = ""
    """The highest tag that looks like a date, which does not count."""


def counted(repo: Git, head: str, tags: Iterable[str], name: str, *, messages: bool) -> Counted:
    """What gives the application `name` its version at the commit `head`, which is HEAD.

    `tags` are the names of all that the clone has. With `messages` those of the commits since decide, and are
    read; else their number does.
    """
    known = counting(((each, each) for each in tags), name)
    found = _contained(repo, known, name, conventional=messages)
    facts = Counted(tagless=not known.tags, passed=known.passed)
    if found.odd or not found.tags:
        said = _messages(repo, "HEAD") if messages and not found.odd else ()
        return replace(facts, tag=found.odd, since=_count(repo, "HEAD"), messages=said)
    those = rivals(found, conventional=messages)
    since = _since(repo, head, [each.commit for each in those])
    if not messages:
        best = highest(those, since)
        return replace(facts, tag=best.name, since=since[best.commit])
    farthest = max(those, key=lambda each: since[each.commit])
    said = _messages(repo, f"{farthest.commit}..HEAD")
    best = highest(those, since, said)
    count = since[best.commit]
    return replace(facts, tag=best.name, since=count, messages=said[len(said) - count :])


def _contained(repo: Git, known: Found, name: str, *, conventional: bool) -> Found:
    """Those of the known tags that HEAD contains: all, or at least those that decide."""
    if not (known.tags or known.odd):
        return known
    if known.tags and not (known.odd or conventional):
        # Most often the highest of all are here, and nobody needs to know where ten thousand others are.
        top = known.tags[0]
        prefix = top.name.rpartition("/")[0]
        digits = "{}.{}.*".format(*top.version[:2])
        patterns = [f"{prefix}/{v}{digits}" if prefix else f"{v}{digits}" for v in ("v", "")]
        found = counting(_merged(repo, patterns), name)
        if found.tags:
            return found
    return counting(_merged(repo, [f"{name}/*", "v[0-9]*", "[0-9]*"]), name)


def _merged(repo: Git, patterns: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The tags of these names that HEAD contains, each with its commit."""
    form = "--format=%(refname:strip=2) %(objectname) %(*objectname) %(*objecttype)"
    refs = (f"refs/tags/{each}" for each in patterns)
    for line in repo.check("for-each-ref", "--merged=HEAD", form, *refs).splitlines():
        # A tag with a message is an object of its own, and names its commit, or another tag.
        tag, own, *commit = line.split()
        if commit[1:] == ["tag"]:
            commit = repo.check("rev-parse", f"{own}^{{commit}}").split()
        yield tag, commit[0] if commit else own


def _since(repo: Git, head: str, commits: Sequence[str]) -> Mapping[str, int]:
    """How many commits of HEAD's first-parent line each of these does not contain, the lowest tag's last."""
    if len(commits) == 1:
        return {commits[0]: _count(repo, f"{commits[0]}..HEAD")}
    # Most often they are all on the line, and what was before the lowest is of no interest.
    line = Line(head, _graph(repo, [head, *commits, f"^{commits[-1]}"], "--first-parent"))
    if line.has(commits):
        return line.number
    line = Line(head, _graph(repo, [head, *commits], "--first-parent"))
    aside = [each for each in commits if each not in line.number]
    if not aside:
        return line.number
    fork = line.fork(aside)
    graph = _graph(repo, [*aside, *([f"^{fork}"] if fork else [])], "--topo-order", "--reverse")
    return line.since(commits, graph)


def _graph(repo: Git, commits: list[str], *options: str) -> dict[str, list[str]]:
    said = repo.check("rev-list", "--parents", *options, "--stdin", stdin="\n".join(commits) + "\n")
    return {commit: parents for commit, *parents in (each.split() for each in said.splitlines())}


def _count(repo: Git, reach: str) -> int:
    return int(repo.check("rev-list", "--first-parent", "--count", reach, "--"))


def _messages(repo: Git, reach: str) -> tuple[str, ...]:
    options = ["--first-parent", "--reverse", "--no-commit-header", "--encoding=UTF-8", "--format=%B%x00"]
    said = repo.check("rev-list", *options, reach, "--")
    return tuple(each.strip() for each in said.split("\0")[:-1])
