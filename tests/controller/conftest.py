"""A controller, a platform that names it, and the command line in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipelinekit.adapters.jenkins import controller as adapter
from pipelinekit.cli import main
from tests.controller.server import Controller
from tests.controller.state import State
from tests.documents import dump


@dataclass
class Ran:
    """A command line's outcome."""

    code: int
    out: str
    err: str


@dataclass
class Platform:
    """A platform's document on disk; each test changes what it is about."""

    folder: Path
    url: str
    name: str = "acme"
    applications: list[dict[str, Any]] = field(default_factory=list)
    jenkins: dict[str, Any] = field(default_factory=dict)
    environments: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    clusters: list[dict[str, Any]] = field(default_factory=lambda: [{"name": "nonprod"}, {"name": "prod"}])

    def application(self, name: str, team: str = "payments", **more: str) -> None:
        """Register one more."""
        where = {"repository": f"https://git.acme.example/{name}.git"}
        self.applications.append({"name": name, "team": team, **where, **more})

    def write(self) -> Path:
        """The document's folder, written anew."""
        dev = {"name": "dev", "cluster": "nonprod", "namespace": "{team}-dev", "automatic": True}
        prod = {"name": "production", "cluster": "prod", "namespace": "{team}", "after": "dev"}
        document = {
            "apiVersion": "pipelinekit/v1",
            "kind": "Platform",
            "metadata": {"name": self.name},
            "images": {"registry": "r:5000"},
            "charts": {"repository": "oci://r:5000/charts"},
            "jenkins": {"url": self.url, **self.jenkins},
            "clusters": self.clusters,
            "environments": self.environments or [dev, prod],
            "applications": self.applications,
            **self.more,
        }
        self.folder.mkdir(exist_ok=True)
        (self.folder / "platform.yaml").write_text(dump(document))
        return self.folder


@pytest.fixture
def jenkins() -> Iterator[Controller]:
    with Controller() as controller:
        yield controller


@pytest.fixture
def platform(jenkins: Controller, tmp_path: Path) -> Platform:
    """A platform with two applications and no credentials."""
    made = Platform(tmp_path / "platform", jenkins.url)
    made.application("orders")
    made.application("shop", team="sales")
    return made


@pytest.fixture
def kit(
    platform: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Runs `pipelinekit … --platform …` here; no pause between tries is longer than an instant."""
    monkeypatch.setattr(adapter, "PAUSES", (0.01,) * 5)
    monkeypatch.setattr(adapter.Client.__init__, "__kwdefaults__", {"pauses": (0.01,) * 5, "sleep": _instant})
    for name in ("PK_JENKINS_USER", "PK_JENKINS_PASSWORD", "PIPELINEKIT_PLATFORM"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, of: Platform | None = None) -> Ran:
        folder = (of or platform).write()
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run([*arguments, f"--platform={folder}"])
        shown = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 1, shown.out, shown.err)

    return run


def _instant(_: float) -> None:
    """No time passes."""


def save_all(state: State, *, pages: bool = False) -> None:
    """Jenkins saves every job itself, which gives each the other of its two texts.

    With `pages` somebody saves each in a browser, without having changed anything.
    """
    todo = list(state.root.children.values())
    while todo:
        item = todo.pop()
        item.save_page() if pages else item.save()
        todo += item.children.values()
