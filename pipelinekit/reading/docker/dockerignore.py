"""`.dockerignore`: which files of a folder are in the build context, as Docker decides it.

The last pattern that matches a path, or a folder above it, decides; `!` takes a path back in. A pattern is
anchored at the context's root, `*` and `?` do not cross a slash, `**` crosses any number of them: as Docker's
patternmatcher reads them, its oddities included.
"""

from __future__ import annotations

import posixpath
from functools import lru_cache

from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.reading.docker.globs import Glob
from pipelinekit.records import dataclass

FILE = ".dockerignore"
MAX_PATTERNS = 10_000
MAX_PATTERN = 4_096
"""Characters of a pattern: no path is longer."""

REMEMBERED = 200_000
"""Paths that rules have been asked about: whoever watches a folder asks the same ones with each change."""


@dataclass(frozen=True, slots=True)
class _Rule:
    glob: Glob
    text: str
    keeps: bool


class Ignore:
    """The rules of one `.dockerignore`."""

    def __init__(self, rules: tuple[_Rule, ...]) -> None:
        self._rules = rules
        self._keeps = any(rule.keeps for rule in rules)
        self._folders: dict[str, int] = {"": 0}
        self._said: dict[str, bool] = {}

    def excludes(self, path: str) -> bool:
        """Whether a path (relative, with `/`) stays out of the context."""
        said = self._said.get(path)
        if said is None:
            if len(self._said) >= REMEMBERED:
                self._said.clear()
            said = self._said[path] = self._excludes(path)
        return said

    def _excludes(self, path: str) -> bool:
        above = path.rpartition("/")[0]
        if above not in self._folders:
            parts = above.split("/")
            for count in range(1, len(parts) + 1):
                folder = "/".join(parts[:count])
                if folder not in self._folders:
                    self._folders[folder] = self._matching(folder)
        matching = self._matching(path)
        excluded = False
        for number, rule in enumerate(self._rules):
            if rule.keeps == excluded and matching >> number & 1:
                excluded = not rule.keeps
        return excluded

    def _matching(self, path: str) -> int:
        """The rules that match a path or a folder above it, as the bits of a number."""
        matching = self._folders[path.rpartition("/")[0]]
        for number, rule in enumerate(self._rules):
            if not matching >> number & 1 and rule.glob.matches(path):
                matching |= 1 << number
        return matching

    def hides(self, folder: str) -> bool:
        """Whether nothing below an excluded folder can be in the context, so that it need not be read."""
        if not self._keeps:
            return True
        # A pattern with a wildcard may reach anywhere: only plain ones are compared.
        return not any(
            rule.keeps
            and (_has_wildcard(rule.text) or f"{rule.text}/".startswith(f"{folder}/") or _above(rule, folder))
            for rule in self._rules
        )


@lru_cache(maxsize=8)
def read_dockerignore(text: str, origin: str = FILE) -> Ignore:
    """The rules in `text`; raises `DocumentInvalid` for a pattern that Docker refuses."""
    rules: list[_Rule] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        # A hash is a comment only at the very beginning of a line; spaces around a pattern do not count.
        if raw.startswith("#"):
            continue
        pattern = raw.strip()
        keeps = pattern.startswith("!")
        pattern = pattern[1:].strip() if keeps else pattern
        if not pattern:
            if keeps:
                raise _fault(origin, number, 'a lone "!" excepts nothing')
            continue
        if len(pattern) > MAX_PATTERN:
            raise _fault(origin, number, f"a pattern of more than {MAX_PATTERN} characters matches no path")
        cleaned = posixpath.normpath(pattern).lstrip("/")
        if keeps and not cleaned:
            raise _fault(origin, number, f"{raw.strip()!r} excepts nothing")
        if cleaned in {"", "."}:
            # The root itself: everything stays in, as Docker has it.
            continue
        if len(rules) == MAX_PATTERNS:
            raise _fault(origin, number, f"more than {MAX_PATTERNS} patterns")
        try:
            rules.append(_Rule(Glob(cleaned), cleaned, keeps))
        except ValueError as error:
            raise _fault(origin, number, f"{pattern!r} is no pattern: {error}") from error
    return Ignore(tuple(rules))


def _has_wildcard(text: str) -> bool:
    return any(each in text for each in "*?[\\")


def _above(rule: _Rule, folder: str) -> bool:
    return f"{folder}/".startswith(f"{rule.text}/")


def _fault(origin: str, line: int, problem: str) -> DocumentInvalid:
    return DocumentInvalid(Fault("ignore-pattern", problem, Place(origin, line)))
