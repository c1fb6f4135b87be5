"""Version tags: which of them are an application's, and which one the version of a commit comes from.

The version is the highest, over the tags that the commit contains, of tag plus first-parent commits since it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pipelinekit.plan.versions.conventional import advance
from pipelinekit.records import dataclass

Rank = tuple[int, int, int]
Parents = Mapping[str, Sequence[str]]

# So many digits at most: Helm keeps each number in 64 bits.
_VERSION = re.compile(
    r"(v?)(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})(\+[0-9A-Za-z.-]+)?"
)
_ODD = re.compile(r"(v?)([0-9]{1,18})\.([0-9]{1,18})\.([0-9]{1,18})(?![0-9])(.*)", re.DOTALL)
_YEAR = 1000
"""A number without a v that begins so high is a date: 2024.1.5."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A version tag, and the commit that it is on."""

    name: str
    commit: str
    version: Rank


@dataclass(frozen=True, slots=True)
class Found:
    """The tags that count, the highest first, each commit's highest alone."""

    tags: tuple[Tag, ...] = ()
    odd: str = ""
    """A tag that was meant as a version, is none, and is above all that are; or empty."""
    passed: str = ""
    """The highest tag that looks like a date and so does not count; or empty."""


def counting(tags: Iterable[tuple[str, str]], name: str) -> Found:
    """Which of the tags (names and their commits) count for the application `name`.

    `orders/v1.2.3` goes before `v1.2.3`: where an application has tags of its own, the others do not count.
    The v may be missing. Pre-releases are passed over.
    """
    mine, common = _Pile(), _Pile()
    prefix = f"{name}/"
    for each, commit in tags:
        if each.startswith(prefix):
            mine.add(each, each[len(prefix) :], commit)
        elif "/" not in each:
            common.add(each, each, commit)
    return (mine if mine.counts() else common).found()


class _Pile:
    def __init__(self) -> None:
        self.tags: dict[str, Tag] = {}
        self.odd: list[tuple[Rank, str]] = []
        self.passed: list[tuple[Rank, str]] = []

    def add(self, name: str, text: str, commit: str) -> None:
        match = _VERSION.fullmatch(text)
        if match and (match[1] or int(match[2]) < _YEAR):
            tag = Tag(name, commit, _rank(match))
            before = self.tags.get(commit)
            if before is None or (before.version, before.name) < (tag.version, tag.name):
                self.tags[commit] = tag
            return
        odd = _ODD.fullmatch(text)
        if odd is None or "-" in odd[5]:
            return
        if odd[1]:
            self.odd.append((_rank(odd), name))
        elif not odd[5]:
            self.passed.append((_rank(odd), name))

    def counts(self) -> bool:
        return bool(self.tags or self.odd)

    def found(self) -> Found:
        tags = tuple(sorted(self.tags.values(), key=lambda each: (each.version, each.name), reverse=True))
        odd = max(self.odd, default=((0, 0, 0), ""))
        above = not tags or odd[0] > tags[0].version
        return Found(tags, odd[1] if above else "", max(self.passed, default=((0, 0, 0), ""))[1])


def _rank(match: re.Match[str]) -> Rank:
    return int(match[2]), int(match[3]), int(match[4])


def rivals(found: Found, *, conventional: bool) -> tuple[Tag, ...]:
    """The tags that the version may come from: a count moves the patch number alone, a message any."""
    if conventional or not found.tags:
        return found.tags
    highest = found.tags[0].version[:2]
    return tuple(each for each in found.tags if each.version[:2] == highest)


def highest(tags: Sequence[Tag], since: Mapping[str, int], messages: Sequence[str] | None = None) -> Tag:
    """The tag that gives the highest version; of several that give the same one, the nearest.

    `since` has the first-parent commits since each tag's commit. `messages`, where they decide, are those of
    the commits since the farthest tag, oldest first.
    """
    if messages is None:
        return max(tags, key=lambda each: (_moved(each, since[each.commit]), each.version))
    entering: dict[int, list[Tag]] = {}
    for each in tags:
        entering.setdefault(since[each.commit], []).append(each)
    # A message never lets a lower version overtake a higher one, so that the highest so far is enough.
    left = len(messages)
    best = max(entering[left], key=lambda each: each.version)
    version = best.version
    for message in messages:
        version, left = advance(version, (message,)), left - 1
        for each in entering.get(left, ()):
            if each.version >= version:
                best, version = each, each.version
    return best


def _moved(tag: Tag, commits: int) -> Rank:
    major, minor, patch = tag.version
    return major, minor, patch + commits


class Line:
    """The first-parent line of a commit, and where other commits come from it.

    `first` has the first parent of each commit of the line, and of those of the others' own lines.
    """

    def __init__(self, head: str, first: Parents) -> None:
        self.commits: list[str] = []
        """The newest first."""
        self.number: dict[str, int] = {}
        self._first = first
        commit: str | None = head
        while commit is not None:
            self.number[commit] = len(self.commits)
            self.commits.append(commit)
            commit = self._before(commit)

    def _before(self, commit: str) -> str | None:
        return next(iter(self._first.get(commit, ())), None)

    def has(self, commits: Iterable[str]) -> bool:
        """Whether all of these are on the line."""
        return all(each in self.number for each in commits)

    def fork(self, commits: Iterable[str]) -> str:
        """A commit of the line from which all of these come, as far as their first parents say; or empty."""
        deepest = 0
        for each in commits:
            commit: str | None = each
            while commit is not None and commit not in self.number:
                commit = self._before(commit)
            if commit is None:
                return ""
            deepest = max(deepest, self.number[commit])
        return self.commits[deepest]

    def since(self, commits: Iterable[str], graph: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """How many commits of the line each of these does not contain.

        `graph` has the parents of all commits that these contain and their fork does not, parents first.
        """
        all_of_them = len(self.commits)
        reached: dict[str, int] = dict(self.number)
        for commit, parents in graph.items():
            if commit not in self.number:
                reached[commit] = min(
                    (reached.get(each, all_of_them) for each in parents), default=all_of_them
                )
        return {each: reached.get(each, all_of_them) for each in commits}
