"""What a YAML parser complains about, as a fault with its place and a next step."""

from __future__ import annotations

import re

import yaml

from pipelinekit.errors import Fault, Place

_MARKERS = re.compile(r"^(<{7}) [^\n]*\n(?s:.*?)^>{7} ", re.MULTILINE)
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def place_at(before: str, origin: str) -> Place:
    """The place just after the text `before`."""
    lines = _LINE_BREAK.split(before)
    return Place(origin, len(lines), len(lines[-1]) + 1)


def syntax_fault(error: yaml.YAMLError, text: str, origin: str) -> Fault:
    """What the YAML parser complains about in `text`."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = place_at(text[: mark.index], origin) if mark else Place(origin)
    problem = str(getattr(error, "problem", None) or getattr(error, "context", None) or error).splitlines()[0]
    hint = ""
    conflict = _MARKERS.search(text)
    if conflict:
        place = place_at(text[: conflict.start(1)], origin)
        hint = "keep one side of each, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>"
        return Fault("conflict-markers", "a merge left its conflict markers here", place, hint=hint)
    if "found character that cannot start any token" in problem and mark and text[mark.index] == "\t":
        problem, hint = "a tab begins here", "YAML is indented with spaces"
    elif "found a tab character" in problem:
        hint = "YAML is indented with spaces"
    elif "found character that cannot start any token" in problem:
        hint = "YAML is indented with spaces; a text that begins with @, ` or % needs quotes"
    elif "did not find expected" in problem:
        hint = "is each brace, bracket and quote closed? a text that contains ': ' needs quotes"
    elif "but found another document" in problem:
        problem, hint = "a second document begins here", "write one document a file"
    elif "mapping values are not allowed" in problem:
        hint = "a text that contains ': ' needs quotes"
    return Fault("yaml-syntax", problem, place, hint=hint)
