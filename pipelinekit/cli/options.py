"""Options that several verbs share."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from pipelinekit import names
from pipelinekit.adapters.web import plainhttp
from pipelinekit.cli.output import nextstep
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.wiring.line import Line, Options
from pipelinekit.errors import usage

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MOST = 36_500 * _SECONDS["d"]
"""Seconds that are typed at most: a century."""

F = TypeVar("F", bound=Callable[..., Any])


def _alone(context: click.Context, option: click.Parameter, value: str) -> str:
    """What stands for a platform is refused beside one, when it was typed."""
    name = option.name or ""
    typed = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    if value and typed and context.params.get("platform"):
        raise usage(
            "beside-platform",
            f"--{name} counts only without a platform, and one is named",
            hint=f"take --{name} away, for the platform says it; or the platform: --platform ''",
        )
    return value


def not_via(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """What counts for a deployment from here alone is refused beside `--via`, when it was typed."""
    name = option.name or ""
    if context.params.get("via") and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
        raise usage(
            "beside-via",
            f"--{name} says nothing to the job that --via starts",
            hint=f"take --{name} away: the job has its own; or deploy from here, without --via",
        )
    return value


def seconds(option: str, default: int, text: str, least: int = 1, most: int = 7200) -> Callable[[F], F]:
    """An option with so many seconds, refused beside `--via`; `text` is what its help says of them."""
    return click.option(
        option,
        default=default,
        show_default=True,
        type=click.IntRange(least, most),
        callback=not_via,
        help=text,
    )


_FORMS = ("HOST or HOST:PORT alone", "HOST, HOST:PORT or HOST:PORT/PATH")
"""Of a registry that images are pushed to, and of one that base images come from."""


def _host(context: click.Context, option: click.Parameter, value: str) -> str:
    """A registry's host as every verb takes it; what is wrong is told without repeating it."""
    plainhttp.named()
    fault = names.host_fault(value, path=option.name == "mirror") if value else ""
    if fault:
        form = _FORMS[option.name == "mirror"]
        raise usage(
            "address-form",
            f"--{option.name} (or {option.envvar}) {fault}",
            hint=f"{form}, like nexus.example.com:5000; a login: `docker login HOST`",
        )
    return _alone(context, option, value)


PATH = click.option(
    "--path",
    default=".",
    show_default=True,
    type=on_disk,
    metavar="DIR",
    help="The application's folder, with its app.yaml.",
)


def _platform(metavar: str, text: str) -> Callable[[F], F]:
    return click.option(
        "--platform",
        default="",
        envvar=nextstep.VARIABLE,
        is_eager=True,  # what may not be beside it asks for it
        type=on_disk,
        callback=nextstep.typed,
        metavar=metavar,
        help=text,
    )


PLATFORM = _platform(
    "SOURCE", "The platform: a path or git+URL@ref. Without one: environment dev, the current kube context."
)
PLATFORM_NAMED = _platform("SOURCE", "The platform: a path or git+URL@ref.")
PLATFORM_HERE = _platform(
    "SOURCE", "The platform: a path or git+URL@ref. Without one: that of the current folder."
)
PLATFORM_FOLDER = _platform(
    nextstep.FOLDER, "The platform's folder, or its document. Without one: the current folder."
)
REGISTRY = click.option(
    "--registry",
    default="",
    envvar="PIPELINEKIT_REGISTRY",
    callback=_host,
    metavar="HOST",
    help="Without a platform: the registry for images and charts.",
)
MIRROR = click.option(
    "--mirror",
    default="",
    envvar="PIPELINEKIT_MIRROR",
    callback=_host,
    metavar="HOST",
    help="Without a platform: where base images come from (docker.io).",
)
CONTEXT = click.option(
    "--context",
    default="",
    envvar="PIPELINEKIT_CONTEXT",
    callback=_alone,
    metavar="NAME",
    help="Without a platform: the kube context.",
)
NAMESPACE = click.option(
    "--namespace",
    default="",
    callback=_alone,
    metavar="NAME",
    help="Without a platform: the namespace (<team>-dev).",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
PLAN = click.option("--plan", "plan_only", is_flag=True, help="Show what would be done, and do nothing.")
ENVIRONMENT = click.option(
    "--env", "environment", default="", callback=nextstep.typed, metavar="NAME", help="The environment."
)
VIA = click.option(
    "--via",
    default="",
    is_eager=True,  # what may not be beside it asks for it
    metavar="jenkins",
    help="Let the application's pipeline in Jenkins do it, and follow it.",
)
SECONDS = 300
TIMEOUT = seconds("--timeout", SECONDS, "Seconds to deploy in.")
AUTOMATIC = click.option("--automatic", is_flag=True, help="Every environment that main builds deploy to.")


def line(*more: Callable[[F], F]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A verb on the line: its function gets a `Line`, made of the shared options, and `more` options."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(
            path: str, platform: str, registry: str, mirror: str, context: str, namespace: str, **rest: Any
        ) -> Any:
            options = Options(
                path=path,
                platform=platform,
                registry=registry,
                mirror=mirror,
                context=context,
                namespace=namespace,
            )
            here = Line(options)
            if not rest.get("everyone"):
                # In a folder that is no application nothing else is worth saying before that.
                _ = here.descriptor
            return function(here, **rest)

        decorated: Any = call
        for option in (*reversed(more), NAMESPACE, CONTEXT, MIRROR, REGISTRY, PLATFORM, PATH):
            decorated = option(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def age(text: str) -> int:
    """The seconds of a duration like 7d; `UsageError` for anything else, and for more than `MOST`."""
    match = re.fullmatch(r"0*([0-9]+)([smhd])", text)
    if match is None:
        raise usage(
            "bad-duration", f"{text[:40]!r} is no duration", hint="a number and s, m, h or d, like 7d"
        )
    # So many digits are more in any unit, and Python reads no number of thousands of them.
    found = MOST + 1 if len(match[1]) > 12 else int(match[1]) * _SECONDS[match[2]]
    if found > MOST:
        raise usage("bad-duration", f"{text[:40]!r} is too long", hint=f"at most {MOST // _SECONDS['d']}d")
    return found
