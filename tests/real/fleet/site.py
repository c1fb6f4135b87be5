"""A platform with registered applications, and `generate --all` over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.real.app import Application, Said

BRANCH = "pipelinekit/generate"
PORT = "port: 8080"
TITLES = ("t/one", "t/two", "t/three", "t/invalid", "t/conflict", "t/gone")
EXPECTED = dict.fromkeys(TITLES[:3], "updated") | {
    "t/invalid": "invalid",
    "t/conflict": "conflict",
    "t/gone": "unreachable",
}
"""What becomes of each when it is generated for the first time."""


def descriptor(name: str, team: str = "t", language: str = "go") -> str:
    return (
        f"apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {{name: {name}, team: {team}}}\n"
        f"build: {{language: {language}}}\nrun:\n  {PORT}\n  replicas: 1\n"
    )


def platform(registrations: Mapping[str, str], *, credentials: str = "") -> str:
    """A platform whose applications are registered under these addresses."""
    applications = "".join(
        f"  - {{name: {title.split('/')[1]}, team: {title.split('/')[0]}, repository: '{address}'}}\n"
        for title, address in registrations.items()
    )
    charts = f", credentials: {credentials}" if credentials else ""
    return (
        "apiVersion: pipelinekit/v1\nkind: Platform\nmetadata: {name: acme}\nimages: {registry: 'r:5000'}\n"
        f"charts: {{repository: 'oci://r:5000/charts'{charts}}}\nclusters: [{{name: one}}]\n"
        "environments: [{name: dev, cluster: one, namespace: dev, automatic: true}]\n"
        f"applications:\n{applications}"
    )


@dataclass(frozen=True)
class Fleet:
    """A folder with the platform, and the command line."""

    here: Application

    @property
    def folder(self) -> Path:
        return self.here.folder

    def all(self, *arguments: str) -> Said:
        return self.here.verb("generate", "--all", "--platform", "platform.yaml", *arguments)

    def states(self, *arguments: str, code: int) -> dict[str, str]:
        """The state of each application by the report for machines."""
        said = self.all("--json", *arguments)
        assert said.code == code, said.err
        report = said.json()
        states = {title: row["state"] for title, row in report["applications"].items()}
        told = {state: count for state, count in report["counts"].items() if count}
        assert told == {state: list(states.values()).count(state) for state in set(states.values())}
        return states

    def rows(self, *arguments: str) -> dict[str, Any]:
        rows: dict[str, Any] = self.all("--json", *arguments).json()["applications"]
        return rows
