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

ACTION = "action"
"""Which of a group's verbs is meant: `pkJobs(action: 'plan')`."""

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
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise usage(
            "args-env", f"the variable '{name}' holds no JSON mapping", hint="the shared library sets it"
        )
    verb: list[str] = []
    if isinstance(command, click.Group):
        command, verb = _action(command, given.pop(ACTION, None))
    options = {each.name: each for each in command.params if each.name is not None}
    expanded: list[str] = []
    positional: list[str] = []
    for key, value in given.items():
        if not BOUND_BY_LIBRARY.search(key):
            option = _parameter(key, options)
            (expanded if isinstance(option, click.Option) else positional).extend(_words(key, value, option))
    # After `--` nothing is taken for an option, whatever it begins with.
    return [
        *arguments[:at],
        *verb,
        *expanded,
        *arguments[at + 2 :],
        *(["--", *positional] if positional else []),
    ]


def _action(group: click.Group, name: Any) -> tuple[click.Command, list[str]]:
    if not isinstance(name, str) or name not in group.commands:
        from pipelinekit.names import nearest

        known = ", ".join(group.commands)
        hint = nearest(name, group.commands) if isinstance(name, str) else ""
        raise usage("args-env", f"'{ACTION}' is {name!r}, and has to be one of: {known}", hint=hint)
    return group.commands[name], [name]


def _parameter(key: str, options: dict[str, click.Parameter]) -> click.Parameter:
    option = options.get(re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower())
    if option is None:
        from pipelinekit.names import nearest

        raise usage("args-env", f"unknown argument '{key}'", hint=nearest(key, map(argument_name, options)))
    return option


def _words(key: str, value: Any, option: click.Parameter) -> list[str]:
    if not isinstance(option, click.Option):
        if not isinstance(value, str):
            raise usage("args-env", f"argument '{key}' is a text, not {value!r}")
        return [value]
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


def argument_name(name: str) -> str:
    """An option's name as an argument of a step: `keep_builds` is `keepBuilds`."""
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
