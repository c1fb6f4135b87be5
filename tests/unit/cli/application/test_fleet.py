"""`generate --all`: a fault of ours in one application is that application's line, with its log."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelinekit import __version__
from pipelinekit.adapters.folder import packaged
from pipelinekit.cli.application.fleet import Done, FleetOptions, Work
from pipelinekit.model.platform.document import Registration
from pipelinekit.plan.site import site_of
from pipelinekit.steps import fleet
from pipelinekit.steps.fleet import State
from pipelinekit.steps.generate import inputs_digest
from tests import examples

ORDERS = Registration(name="orders", team="payments", repository="https://git/orders")
BELOW = replace(ORDERS, path="services/orders")
PLATFORM = examples.platform()


@pytest.mark.parametrize("problem", [ValueError("embedded null byte"), RecursionError("deep"), MemoryError()])
def test_whatever_happens_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    (tmp_path / "payments" / "orders").mkdir(parents=True)
    (tmp_path / "payments" / "orders" / "app.yaml").write_text("x")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr(fleet, "update", broken)
    registration = Registration(name="orders", team="payments", repository="https://git/orders")
    result = Work(examples.platform(), FleetOptions(platform="", base=str(tmp_path)))(registration)
    assert (result.title, result.state) == ("payments/orders", State.FAILED)
    assert "a bug in pipelinekit" in result.reason
    (log,) = tmp_path.glob("pipelinekit-*.log")
    assert str(log) in result.reason
    assert type(problem).__name__ in log.read_text()


def _made(folder: Path, registration: Registration = ORDERS) -> Path:
    """A checkout from which everything has been generated."""
    (folder / ".pipelinekit").mkdir(parents=True)
    (folder / "app.yaml").write_text("x")
    site = site_of(PLATFORM, registration, library=__version__)
    inputs = inputs_digest(b"x", registration.title, site, __version__, packaged.templates_digest())
    (folder / ".pipelinekit" / "lock.yaml").write_text(f'tool: x\ninputs: "{inputs}"\nfiles: {{}}\n')
    return folder


def _is_done(base: Path | str, registration: Registration = ORDERS, **options: Any) -> bool:
    return Done(Work(PLATFORM, FleetOptions(platform="", base=str(base), **options)))(registration)


@pytest.mark.parametrize("place", ["payments/orders", "orders"])
def test_where_everything_is_generated_nothing_is_to_be_done(tmp_path: Path, place: str) -> None:
    assert not _is_done(tmp_path)
    _made(tmp_path / place)
    assert _is_done(tmp_path)
    assert not _is_done(tmp_path, commit=True)
    assert not _is_done("")


def test_an_application_below_its_repository_is_looked_at_there(tmp_path: Path) -> None:
    folder = _made(tmp_path / "orders" / BELOW.path, BELOW)
    assert _is_done(tmp_path, BELOW)
    assert not _is_done(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    folder.rename(tmp_path / "elsewhere" / "x")
    folder.symlink_to(tmp_path / "elsewhere" / "x")
    assert not _is_done(tmp_path, BELOW), "it leads out of the checkout"


def _moved(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to(path.with_name("moved"))


def _damaged(folder: Path) -> None:
    lock = folder / ".pipelinekit" / "lock.yaml"
    lock.write_text(lock.read_text() + "was: {}\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "app.yaml").write_text("y"),
        lambda folder: (folder / "app.yaml").unlink(),
        lambda folder: (folder / ".pipelinekit" / "lock.yaml").unlink(),
        lambda folder: _moved(folder / "app.yaml"),
        lambda folder: _moved(folder / ".pipelinekit"),
        lambda folder: _moved(folder / ".pipelinekit" / "lock.yaml"),
        _damaged,
    ],
    ids=["another descriptor", "none", "no lock", "a link", "a linked folder", "a linked lock", "half"],
)
def test_what_is_odd_is_looked_at_properly(tmp_path: Path, change: Callable[[Path], object]) -> None:
    folder = _made(tmp_path / "payments" / "orders")
    assert _is_done(tmp_path)
    change(folder)
    assert not _is_done(tmp_path)


def test_one_checkout_is_not_that_of_two_teams_applications(tmp_path: Path) -> None:
    _made(tmp_path / "orders")
    assert _is_done(tmp_path)
    assert not _is_done(tmp_path, replace(ORDERS, team="sales"))


@pytest.mark.parametrize("more", [{"team": "sales"}, {"branch": "trunk"}, {"path": "."}])
def test_who_shares_a_site_shares_what_is_known_of_it(tmp_path: Path, more: dict[str, Any]) -> None:
    done = Done(Work(PLATFORM, FleetOptions(platform="", base=str(tmp_path))))
    other = replace(ORDERS, name="other", **more)
    for each in (ORDERS, other):
        _made(tmp_path / each.team / each.name, each)
    assert done(ORDERS)
    assert done(other)
