"""What the shared library hands over: arguments as JSON in the environment, and a contract number.

No value of a pipeline ever becomes shell text: the library's shell line is a constant, and names only
the variable in which the arguments are.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

import click

from pipelinekit.cli.verbs import CONTRACT
from pipelinekit.errors import usage

BOUND_BY_LIBRARY = re.compile(r"CredentialsIds?\Z")
"""Arguments that the library itself uses up, for binding credentials."""


def expand(command: click.Command, arguments: list[str]) -> list[str]:
    """The arguments with `--args-env NAME` replaced by the options that the variable NAME holds.

    Raises `UsageError` for another contract number, for what is no JSON mapping, for an unknown option.
    """
    at = arguments.index("--args-env")
    name = arguments[at + 1] if at + 1 < len(arguments) else ""
    _check_contract(os.environ.get("PK_CONTRACT", ""))
    text = os.environ.get(name, "")
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise usage(
            "args-env", f"the variable '{name}' holds no JSON mapping", hint="the shared library sets it"
        )
    options = {
        each.name: each for each in command.params if isinstance(each, click.Option) and each.name is not None
    }
    expanded = [
        word
        for key, value in given.items()
        if not BOUND_BY_LIBRARY.search(key)
        for word in _words(key, value, options)
    ]
    return [*arguments[:at], *expanded, *arguments[at + 2 :]]


def _words(key: str, value: Any, options: dict[str, click.Option]) -> list[str]:
    option = options.get(re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower())
    if option is None:
        from pipelinekit.reading.faults import nearest

        raise usage("args-env", f"unknown argument '{key}'", hint=nearest(key, map(_camel, options)))
    flag = max(option.opts, key=len)
    if option.is_flag:
        if not isinstance(value, bool):
            raise usage("args-env", f"argument '{key}' is true or false, not {value!r}")
        return [flag] if value else []
    if value is None:
        return []
    values = value if isinstance(value, list) and option.multiple else [value]
    for each in values:
        if isinstance(each, bool) or not isinstance(each, str | int):
            raise usage("args-env", f"argument '{key}' is a text, not {each!r}")
    return [f"{flag}={each}" for each in values]


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(each.title() for each in rest)


def _check_contract(number: str) -> None:
    if number != str(CONTRACT):
        from pipelinekit import __version__

        raise usage(
            "contract-unknown",
            f"the library speaks contract {number or '(none)'}, pipelinekit {__version__} speaks {CONTRACT}",
            hint="pin the library in the Jenkinsfile to the version on the agent: @Library('pipelinekit@v…')",
        )
