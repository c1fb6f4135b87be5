"""`draft config`: what counts for every application of this developer."""

from __future__ import annotations

import click

from pipelinekit import names
from pipelinekit.adapters.folder.drafthome import CONFIG, DraftHome
from pipelinekit.cli import report
from pipelinekit.cli.draft.options import HOME
from pipelinekit.cli.options import JSON
from pipelinekit.errors import DocumentInvalid, Fault, Place, usage
from pipelinekit.reading.draft.settings import parsed
from pipelinekit.reading.faults import nearest

KEYS = {
    "registry": "where images go, unless draft.toml or --registry says otherwise",
    "developer": "whose copies yours are: part of the namespace",
    "allow-context": "a kube context that may be used although no platform knows it",
    "days": "how long a namespace of yours lasts (7)",
    "container-builder": "docker, and nothing else",
    "disable-push-warning": "known to classic Draft; nothing is warned of here",
}


def read(home: DraftHome) -> dict[str, str]:
    """config.toml; raises `DocumentInvalid` for a key that nothing honours."""
    place = str(home.folder / CONFIG)
    found: dict[str, str] = {}
    for key, value in parsed(home.config(), place).items():
        if key in {"plugin", "repo"}:
            # Classic Draft's plugins: nothing of them is run.
            continue
        _check(key, str(value), place)
        found[key] = str(value)
    return found


def _check(key: str, value: str, place: str) -> None:
    if key not in KEYS:
        raise DocumentInvalid(
            Fault("unknown-key", f"there is no key '{key}'", Place(place), key, nearest(key, KEYS))
        )
    problem = ""
    if key == "registry":
        problem = names.host_fault(value.strip("/")) if value else ""
    elif key == "days" and not (value.isdigit() and 1 <= int(value) <= 90):
        problem = "is a number from 1 to 90"
    elif key == "container-builder" and value != "docker":
        problem = "is 'docker': Azure's builder is not driven"
    elif key == "developer" and not names.label_from(value):
        problem = "has a letter in it"
    if problem:
        raise DocumentInvalid(Fault("bad-value", problem, Place(place), key))


@click.group()
def config() -> None:
    """What counts for every application of yours."""


@config.command("list")
@HOME
@JSON
def show(home: str, as_json: bool) -> None:
    """Show what is set.

    \b
    Example:
      pipelinekit draft config list
    """
    values = read(DraftHome(home))
    if as_json:
        report.as_json(values)
        return
    for key, value in values.items():
        report.result(f"{key} = {value}")
    if not values:
        report.result("nothing is set; known are " + ", ".join(KEYS))


@config.command()
@click.argument("key")
@HOME
def get(key: str, home: str) -> None:
    """Show one value.

    \b
    Example:
      pipelinekit draft config get registry
    """
    values = read(DraftHome(home))
    if key not in values:
        raise usage("not-set", f"'{key}' is not set", hint=nearest(key, KEYS) if key not in KEYS else "")
    report.result(values[key])


@config.command("set")
@click.argument("key")
@click.argument("value")
@HOME
def put(key: str, value: str, home: str) -> None:
    """Set a value.

    \b
    Example:
      pipelinekit draft config set registry localhost:5000
    """
    folder = DraftHome(home)
    values = read(folder)
    _check(key, value, str(folder.folder / CONFIG))
    folder.save({**values, key: value})
    report.result(f"{key} is {value}")


@config.command()
@click.argument("key")
@HOME
def unset(key: str, home: str) -> None:
    """Forget a value.

    \b
    Example:
      pipelinekit draft config unset registry
    """
    folder = DraftHome(home)
    values = read(folder)
    if values.pop(key, None) is None:
        report.result(f"{key} was not set")
        return
    folder.save(values)
    report.result(f"{key} is not set any more")
