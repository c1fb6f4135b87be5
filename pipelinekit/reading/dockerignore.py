"""`.dockerignore`: which files of a folder are in the build context, as Docker decides it.

The last pattern that matches a path, or a folder above it, decides; `!` takes a path back in. A pattern is
anchored at the context's root, `*` and `?` do not cross a slash, `**` crosses any number of them.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from pipelinekit.errors import DocumentInvalid, Fault, Place

FILE = ".dockerignore"


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    text: str
    keeps: bool


class Ignore:
    """The rules of one `.dockerignore`."""

    def __init__(self, rules: tuple[_Rule, ...]) -> None:
        self._rules = rules
        self._keeps = any(rule.keeps for rule in rules)

    def excludes(self, path: str) -> bool:
        """Whether a path (relative, with `/`) stays out of the context."""
        excluded = False
        parts = path.split("/")
        above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        for rule in self._rules:
            if rule.keeps != excluded:
                continue
            if any(rule.pattern.fullmatch(each) for each in above):
                excluded = not rule.keeps
        return excluded

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


def read_dockerignore(text: str, origin: str = FILE) -> Ignore:
    """The rules in `text`; raises `DocumentInvalid` for a pattern that Docker refuses."""
    rules = []
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
        cleaned = posixpath.normpath(pattern).lstrip("/")
        if cleaned in {"", "."}:
            # The root itself: everything stays in, as Docker has it.
            continue
        try:
            rules.append(_Rule(re.compile(_expression(cleaned), re.DOTALL), cleaned, keeps))
        except (re.error, ValueError) as error:
            raise _fault(origin, number, f"{pattern!r} is no pattern: {error}") from error
    return Ignore(tuple(rules))


def _expression(pattern: str) -> str:
    """The pattern as a regular expression over whole paths."""
    out, at = [], 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*" and pattern.startswith("*", at):
            at += 2 if pattern.startswith("/", at + 1) else 1
            out.append("(?:.*/)?" if at < len(pattern) else ".*")
        elif char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "[":
            end = _end_of_class(pattern, at)
            out.append(_class(pattern[at:end]))
            at = end + 1
        elif char == "\\":
            if at == len(pattern):
                raise ValueError("it ends in a backslash")
            out.append(re.escape(pattern[at]))
            at += 1
        else:
            out.append(re.escape(char))
    return "".join(out)


def _end_of_class(pattern: str, at: int) -> int:
    end = at + 1 if pattern.startswith("^", at) else at
    while end < len(pattern) and pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    if end >= len(pattern) or end == at:
        raise ValueError("its bracket is not closed")
    return end


def _class(inner: str) -> str:
    # What Python would take for an operation on sets is plain text here.
    plain = re.sub(r"(?<!\\)([\[&~|])", r"\\\1", inner)
    return f"[{plain}]"


def _has_wildcard(text: str) -> bool:
    return any(each in text for each in "*?[\\")


def _above(rule: _Rule, folder: str) -> bool:
    return f"{folder}/".startswith(f"{rule.text}/")


def _fault(origin: str, line: int, problem: str) -> DocumentInvalid:
    return DocumentInvalid(Fault("ignore-pattern", problem, Place(origin, line)))
