"""What the verbs of releases are told: an application, perhaps at a version, a platform, a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from pipelinekit.cli.options import JSON, PLATFORM_HERE, PLATFORM_NAMED
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.release.desk import Desk
from pipelinekit.errors import usage
from pipelinekit.model.ledger import COMPONENT
from pipelinekit.plan.versions.version import is_version

F = TypeVar("F", bound=Callable[..., Any])
MOST = 500
"""Letters of a reason."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NAMED = re.compile(rf"(?:([a-z][-a-z0-9]*)/|({COMPONENT}))?([a-z][-a-z0-9]*)(?:@([0-9A-Za-z.+-]{{1,100}}))?")


def said(context: click.Context, option: click.Parameter, value: str) -> str:
    """What was typed, where leaving it out means all of them or none in particular: never an empty text."""
    if not value and context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE:
        name = option.opts[0] if isinstance(option, click.Option) else option.human_readable_name
        raise usage(
            "value-empty",
            f"{name} is empty",
            hint="a variable that the shell does not know looks so; leave it out, if that is what you mean",
        )
    return value


def digest(context: click.Context, option: click.Parameter, value: str) -> str:
    """The digest of a plan as `--plan` prints it, or empty; a part of one is a mistake, and no other plan."""
    value = said(context, option, value)
    if value and not _DIGEST.fullmatch(value):
        raise usage(
            "digest-form",
            f"{value[:80]!r} is no digest of a plan",
            hint="`--plan` prints it whole, and with --json as `plan`: sha256: and 64 digits and letters",
        )
    return value


def kept(_: click.Context, __: click.Parameter, value: str) -> Mapping[str, Any]:
    """A plan as it was kept when it was shown, or empty; it counts for what its digest proves of it."""
    try:
        found = json.loads(value or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise usage(
            "shown-form",
            f"{value[:80]!r} is no plan",
            hint="it is the second line of the file that `promote --plan --asks FILE` writes",
        )
    return found


REASON = click.option("--reason", default="", metavar="TEXT", help="Why; it stands in the ledger.")
TO = click.option("--to", "environment", required=True, metavar="ENV", help="The environment.")
ENV = click.option("--env", "environment", required=True, metavar="ENV", help="The environment.")
ANY_ENV = click.option(
    "--env", "environment", default="", callback=said, metavar="ENV", help="The environment; or all."
)
APPLICATION = click.argument("application", metavar="APP[@VERSION]")
EXACT = click.argument("application", metavar="APP@VERSION")
SOME = click.argument("application", metavar="[APP[@VERSION]]", default="", callback=said)
SET = click.option(
    "--set", "set_file", default="", type=on_disk, metavar="FILE", help="A release set instead of APP."
)
EVERY = click.argument("application", metavar="[APP]", default="", callback=said)
CHANGE = click.option(
    "--change", default="", metavar="ID", help="The change's number, where one is asked for."
)
DOWNGRADE = click.option("--downgrade", is_flag=True, help="Although a later version is there.")
EMERGENCY = click.option(
    "--emergency", is_flag=True, help="Past the gates, with --reason; for named groups only."
)
EXPECT = click.option(
    "--expect",
    default="",
    callback=digest,
    metavar="DIGEST",
    help="Refuse unless the plan has this digest, which is given whole.",
)
SHOWN = click.option(
    "--shown",
    default="",
    callback=kept,
    metavar="JSON",
    help="With --expect: that plan, as --asks wrote it; a refusal then tells the line that changed.",
)
REFUSE = click.option("--refuse", is_flag=True, help="Sign that you do not approve; it stands in the ledger.")


def desk(
    *more: Callable[[F], F], named_by: Callable[[F], F] = PLATFORM_NAMED
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A verb of releases: its function gets a `Desk` of the platform's main branch, and `more`.

    `named_by` is how its platform is named; by `PLATFORM_HERE` without a word it is that of the folder here.
    """
    elsewhere = "." if named_by is PLATFORM_HERE else ""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(platform: str, **rest: Any) -> Any:
            if len(rest.get("reason", "")) > MOST:
                raise usage(
                    "reason-long",
                    f"a reason has {MOST} letters at most",
                    hint="say it shorter, and name where the rest stands",
                )
            with Desk(platform or elsewhere, rest.get("environment", "")) as here:
                return function(here, **rest)

        decorated: Any = call
        for option in (JSON, named_by, *reversed(more)):
            decorated = option(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def require_sense(request: Mapping[str, Any]) -> None:
    """Raise `UsageError` for a change or an emergency that says too little or too much."""
    if not re.fullmatch(r"[\x21-\x7e]{0,64}", request["change"]):
        raise usage(
            "change-form",
            "a change's number has 64 letters, digits and signs at most",
            hint="the number alone, like CHG1234567; a reason goes with --reason",
        )
    if request["emergency"] and not request["reason"].strip():
        hint = '--reason "…" stands in the ledger, and whoever reviews it reads it'
        raise usage("reason-missing", "say why this is an emergency", hint=hint)


def named(text: str) -> tuple[str, str, str]:
    """Team (or empty), name and version (or empty) of `team/name@version`.

    Of `component:name@version` the team is `component:`, which `Desk.application` knows.
    """
    match = _NAMED.fullmatch(text)
    if match is None:
        raise usage(
            "application-form", f"{text[:60]!r} names no application", hint="APP, TEAM/APP or APP@1.2.3"
        )
    version = match[4] or ""
    if version and not is_version(version):
        raise usage(
            "version-form",
            f"{version[:60]!r} is no version",
            hint=f"a version has three numbers: {match[3]}@1.2.3",
        )
    return match[1] or match[2] or "", match[3], version


def bare(text: str, hint: str = "") -> tuple[str, str]:
    """Team (or empty) and name, for a verb that takes no version there; `hint` says where it belongs."""
    team, name, version = named(text)
    if version:
        raise usage("version-misplaced", f"@{version} says nothing here", hint=hint or f"leave it: {name}")
    return team, name


def one_of(application: str, set_file: str) -> None:
    """Raise `UsageError` unless there is either an application or a set."""
    if not application and not set_file:
        raise usage("application-missing", "say which application", hint="APP[@VERSION], or --set FILE")
    if application and set_file:
        problem = f"{application[:60]} is named, and a set as well"
        raise usage("set-beside", problem, hint="give one of them: a set has the applications in its file")
