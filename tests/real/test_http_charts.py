"""Charts in Helm repositories over http: published, read back, copied, never replaced."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests import charthost
from tests.charthost import ChartHost
from tests.real import app
from tests.real.app import Application
from tests.real.registries import as_formerly, platform


@pytest.fixture(scope="module")
def host(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChartHost]:
    with charthost.serve(tmp_path_factory.mktemp("host") / "charts", testbed["PATH"]) as one:
        yield one


@pytest.fixture(scope="module")
def pushed(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with app.new(testbed, tmp_path_factory.mktemp("pushed"), "dockerfile") as application:
        application.until("push")
        yield application


def at(pushed: Application, repository: str, folder: Path, password: str = charthost.PASSWORD) -> Application:
    """The application on a platform whose charts go there."""
    document = Path(platform(folder, pushed.env["PK_TESTBED_REGISTRY"], pushed.env))
    data = json.loads(document.read_text())
    data["charts"] = {"repository": repository}
    document.write_text(json.dumps(data))
    return pushed.with_env(
        PIPELINEKIT_PLATFORM=str(document), PK_CHARTS_USER=charthost.USER, PK_CHARTS_PASSWORD=password
    )


@pytest.mark.parametrize("kind", ["nexus", "museum"])
def test_a_chart_is_published_read_back_and_deployed_from_there(
    pushed: Application, host: ChartHost, tmp_path: Path, kind: str
) -> None:
    for each in host.folder.glob("*"):
        each.unlink()
    application = at(pushed, getattr(host, kind), tmp_path)
    for verb in ("build", "push", "package"):
        application.must(verb)
    host.index()
    host.late = 2
    assert application.must("publish", "--json").json()["acted"]
    host.log.clear()
    again = application.must("publish", "--json").json()
    assert again["acted"] is False
    assert not [each for each in host.log if not each.startswith("GET")]
    name = application.must("version").out.strip()
    kept = (host.folder / f"orders-{name}.tgz").read_bytes()
    assert kept == (application.folder / f".pipelinekit/dist/orders-{name}.tgz").read_bytes()
    # An agent of the next stage has the receipt and no archive.
    for each in application.folder.rglob("orders-*.tgz"):
        each.unlink()
    application.must("deploy", "--env", "dev")


def test_a_version_that_is_there_with_another_content_is_refused(
    pushed: Application, host: ChartHost, tmp_path: Path
) -> None:
    application = at(pushed, host.nexus, tmp_path)
    for verb in ("build", "push", "package"):
        application.must(verb)
    version = application.must("version").out.strip()
    for each in host.folder.glob("*"):
        each.unlink()
    other = tmp_path / "orders"
    (other / "templates").mkdir(parents=True)
    (other / "Chart.yaml").write_text(f"apiVersion: v2\nname: orders\nversion: {version}\n")
    application.tool("helm", "package", str(other), "--destination", str(host.folder))
    said = application.verb("publish")
    assert said.code == 6
    assert "published with another content" in said.reason


@pytest.mark.parametrize("kind", ["nexus", "museum"])
def test_a_chart_of_an_older_version_of_the_tool_is_published_already_and_deployed(
    pushed: Application, host: ChartHost, tmp_path: Path, kind: str
) -> None:
    application = at(pushed, getattr(host, kind), tmp_path)
    for verb in ("build", "push", "package"):
        application.must(verb)
    for each in host.folder.glob("*"):
        each.unlink()
    version = application.must("version").out.strip()
    there = host.folder / f"orders-{version}.tgz"
    shutil.copy(application.folder / f".pipelinekit/dist/{there.name}", there)
    as_formerly(there)
    # One more application, and a comment.
    document = Path(application.env["PIPELINEKIT_PLATFORM"])
    data = json.loads(document.read_text())
    data["applications"] = [{"name": "shop", "team": "web", "repository": "https://git.example.com/shop"}]
    document.write_text(json.dumps(data) + "\n# a comment\n")
    host.log.clear()
    published = application.must("publish", "--json").json()
    assert published["acted"] is False
    assert not [each for each in host.log if not each.startswith("GET")]
    application.must("deploy", "--env", "dev")
    deployed = (application.folder / f".pipelinekit/dist/{there.name}").read_bytes()
    assert deployed == there.read_bytes()


def test_a_wrong_password_is_sent_once(pushed: Application, host: ChartHost, tmp_path: Path) -> None:
    application = at(pushed, host.nexus, tmp_path, "not-the-password")
    for verb in ("build", "push", "package"):
        application.must(verb)
    host.refused_logins = 0
    said = application.verb("publish")
    assert said.code == 5
    assert host.refused_logins == 1
    assert "not-the-password" not in said.out + said.err


def test_a_chart_is_copied_between_both_kinds_of_repositories(
    pushed: Application, host: ChartHost, tmp_path: Path
) -> None:
    for each in host.folder.glob("*"):
        each.unlink()
    pushed.until("publish")
    version = pushed.must("version").out.strip()
    registry = pushed.env["PK_TESTBED_REGISTRY"]
    source = f"oci://{registry}/charts/{pushed.team}/orders:{version}"
    application = at(pushed, host.nexus, tmp_path)
    words = ("registry", "copy", source, f"{host.nexus}/orders:{version}")
    assert application.must(*words, "--json").json()["acted"]
    assert application.must(*words, "--json").json()["acted"] is False
    there, back = host.nexus.removeprefix("http://"), f"{registry}/copies/{pushed.team}/orders"
    application.must("registry", "copy", f"http://{there}/orders:{version}", f"oci://{back}:{version}")
    application.tool("helm", "pull", f"oci://{back}", "--version", version, "--plain-http")
    copied = (application.folder / f"orders-{version}.tgz").read_bytes()
    (application.folder / f"orders-{version}.tgz").unlink()
    assert copied == (host.folder / f"orders-{version}.tgz").read_bytes()


@pytest.mark.parametrize(
    "words", [("orders:1", "registry:5000/orders:1"), ("https://a.example/orders", "r:5000/a/orders:1")]
)
def test_what_names_nothing_is_told(pushed: Application, words: tuple[str, str]) -> None:
    said = pushed.verb("registry", "copy", *words)
    assert said.code == 2
    assert "does not name a registry" in said.reason
