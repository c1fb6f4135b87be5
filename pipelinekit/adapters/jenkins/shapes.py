"""The fields of a controller's JSON: what has other kinds in them was not answered by a Jenkins."""

from __future__ import annotations

from typing import Any

from pipelinekit.errors import failed

_LISTS = frozenset(("jobs", "builds", "property", "parameterDefinitions", "plugins", "credentials"))
_OBJECTS = frozenset(("lastBuild", "executable", "task"))
_NUMBERS = frozenset(("number", "nextBuildNumber", "queueId", "timestamp"))
_TEXTS = frozenset(
    (
        *("_class", "color", "crumb", "crumbRequestField", "description", "name", "result"),
        *("shortName", "url", "version", "why"),
    )
)
_KINDS: dict[str, type] = {
    **dict.fromkeys(_LISTS, list),
    **dict.fromkeys(_OBJECTS, dict),
    **dict.fromkeys(_NUMBERS, int),
    **dict.fromkeys(_TEXTS, str),
}
_ABSENT = frozenset(("color", "description", "executable", "jobs", "lastBuild", "result", "version", "why"))
"""What may be null, and then is left out."""
_MOST = 2**45
"""More than any number of a build, and any moment in milliseconds."""


class Bean(dict[str, Any]):
    """An object of an answer; a key that has to be there and is not is `ToolFailed`."""

    def __missing__(self, key: str) -> Any:
        raise failed(
            "not-jenkins",
            f"an answer of the controller has no '{key}'",
            hint="is the address right, with its path? A proxy may stand in between",
        )


def bean(answer: Any) -> Bean:
    """The answer with every field of its kind; `ValueError` for one that is no object, or has others."""
    if not isinstance(answer, dict):
        raise ValueError("no object")  # noqa: TRY004 - as all that is wrong with an answer
    there = {key: value for key, value in answer.items() if value is not None or key not in _ABSENT}
    return Bean({key: _field(key, value) for key, value in there.items()})


def _field(key: str, value: Any) -> Any:
    kind = _KINDS.get(key)
    if kind is None:
        return value
    if type(value) is not kind or (type(value) is int and not 0 <= value < _MOST):
        raise ValueError(f"another kind of '{key}'")
    if type(value) is list:
        return [bean(each) for each in value]
    return bean(value) if kind is dict else value
