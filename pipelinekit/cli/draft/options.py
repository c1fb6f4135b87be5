"""Options that the verbs of Draft share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from pipelinekit.cli.draft.here import Draft, Words
from pipelinekit.cli.options import MIRROR, PLATFORM, REGISTRY
from pipelinekit.cli.paths import on_disk
from pipelinekit.cli.wiring.line import Options

F = TypeVar("F", bound=Callable[..., Any])

HOME = click.option(
    "--home",
    default="",
    envvar="DRAFT_HOME",
    type=on_disk,
    metavar="DIR",
    help="Configuration, packs and logs (~/.draft).",
)
_SHARED = (
    click.option(
        *("--environment", "-e", "environment"),
        default="development",
        envvar="DRAFT_ENV",
        metavar="NAME",
        show_default=True,
        help="The environment of draft.toml.",
    ),
    PLATFORM,
    REGISTRY,
    MIRROR,
    click.option(
        *("--context", "--kube-context", "context"),
        default="",
        envvar="PIPELINEKIT_CONTEXT",
        metavar="NAME",
        help="The kube context; else the platform's, else the current one.",
    ),
    click.option("--namespace", default="", metavar="NAME", help="Another namespace than your own."),
    click.option(
        "--allow-context",
        "allowed",
        default="",
        metavar="NAME",
        help="A context that may be used although no platform knows it.",
    ),
    HOME,
)


def draft(*more: Callable[[F], F], path: str = "path") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A verb of Draft: its function gets a `Draft` of the folder that is its argument, and `more` options."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(environment: str, home: str, allowed: str, **rest: Any) -> Any:
            shared = ("platform", "registry", "mirror", "context", "namespace")
            given = {name: rest.pop(name) for name in shared}
            options = Options(path=rest.pop(path, "."), folder_by="DIR", **given)
            words = Words(environment=environment, home=home, allowed=allowed)
            return function(Draft(options, words), **rest)

        decorated: Any = call
        for option in (*reversed(more), *reversed(_SHARED)):
            decorated = option(decorated)
        if path:
            decorated = click.argument(path, default=".", type=on_disk, metavar="[DIR]")(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate
