"""What Kubernetes makes of `$(NAME)` in a container's command, arguments and variables.

As its documentation of containers has it: a reference to a variable that is defined is replaced by its
value, one to a variable that is not stays as it is; `$$(NAME)` is `$(NAME)`, whether there is one or not. A
dollar sign before anything else is just that. A variable may refer to those that are defined before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_REFERENCE = re.compile(r"\$(?:\$|\(([^)]*)\))")


def expand(text: str, variables: Mapping[str, str]) -> str:
    """`text` as the program gets it."""
    return _REFERENCE.sub(lambda found: _meaning(found, variables), text)


def _meaning(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    return variables.get(found[1], found[0])


def environment(entries: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """A container's variables as its program sees them; those from secrets are left out."""
    variables: dict[str, str] = {}
    for each in entries:
        if "valueFrom" not in each:
            variables[each["name"]] = expand(each.get("value", ""), variables)
    return variables
