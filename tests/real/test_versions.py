"""Published versions: compared, copied byte for byte, and installed by the Helm before this one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from tests.real import app
from tests.real.app import Application
from tests.real.registries import as_formerly, platform
from tests.testbed import registry, tools
from tests.testbed.layout import Layout


@pytest.fixture(scope="module")
def published(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """Versions 0.1.1 and 0.1.2, which differ in the number of replicas."""
    with app.new(testbed, tmp_path_factory.mktemp("published"), "dockerfile") as application:
        application.until("publish")
        application.replace("app.yaml", "replicas: 1", "replicas: 3")
        application.must("generate")
        application.commit()
        application.until("publish")
        yield application


def test_two_published_versions_are_compared_as_an_environment_gets_them(published: Application) -> None:
    said = published.must("diff", "0.1.1", "0.1.2", "--env", "dev")
    assert "--- 0.1.1 Deployment/orders" in said.out
    assert "-  replicas: 1\n+  replicas: 3\n" in said.out
    objects = [line.split()[-1] for line in said.out.splitlines() if line.startswith(("+++ ", "--- "))]
    assert set(objects) == {"Deployment/orders", "PodDisruptionBudget/orders", "/dev/null"}
    assert said.err.strip().endswith("0.1.1 and 0.1.2 differ in dev")
    # This revision's version is the newer one where none is named.
    assert published.must("diff", "0.1.1").out == said.out
    alike = published.must("diff", "0.1.2", "0.1.2")
    assert (alike.out, alike.err.strip()) == ("", "0.1.2 and 0.1.2 are alike in dev")


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("7.0.0",), 6, "7.0.0 is not published"),
        (("0.1.1", "--env", "nowhere"), 2, "there is no environment 'nowhere'"),
        ((), 2, "OLDER"),
    ],
)
def test_what_cannot_be_compared_is_named(
    published: Application, words: tuple[str, ...], code: int, reason: str
) -> None:
    said = published.verb("diff", *words)
    assert said.code == code
    assert reason in said.err


def test_a_chart_is_copied_byte_for_byte_and_never_over_another(
    published: Application, tmp_path: Path
) -> None:
    home = f"{published.env['PK_TESTBED_REGISTRY']}/charts/{published.team}/orders"
    with registry.serve(tmp_path / "production") as production:
        target = f"{production.address}/charts/{published.team}/orders"
        copied = published.must("registry", "copy", f"oci://{home}:0.1.1", f"oci://{target}:0.1.1", "--json")
        assert copied.json()["acted"]
        again = published.must("registry", "copy", f"oci://{home}:0.1.1", f"oci://{target}:0.1.1", "--json")
        assert not again.json()["acted"]
        assert again.json()["digest"] == copied.json()["digest"]
        said = published.verb("registry", "copy", f"oci://{home}:0.1.2", f"oci://{target}:0.1.1")
        assert said.code == 6
        assert "with another content" in said.reason
        archives = []
        for number, each in enumerate((home, target)):
            folder = tmp_path / str(number)
            folder.mkdir()
            published.tool(
                "helm", "pull", f"oci://{each}", "--version", "0.1.1", "--plain-http", "-d", str(folder)
            )
            archives.append((folder / "orders-0.1.1.tgz").read_bytes())
        assert archives[0] == archives[1]


def test_helm_3_packages_lints_and_installs_the_same(published: Application) -> None:
    old = tools.helm3(Layout.from_environment())
    older = published.with_env(PATH=f"{old}:{app.BIN}:{os.environ['PATH']}")
    assert "v3." in older.tool("helm", "version", "--short")
    for verb in ("package", "publish", "deploy", "verify", "status"):
        older.must(verb)
    # A chart that either Helm has packaged is the same chart: nothing is published anew.
    (published.folder / ".pipelinekit/receipts/package.json").unlink()
    packaged = published.must("package", "--json").json()["receipt"]
    assert (
        published.must("publish", "--json").json()["receipt"]["archive_digest"] == packaged["archive_digest"]
    )
    (older.folder / ".pipelinekit/receipts/package.json").unlink()
    assert older.must("package", "--json").json()["receipt"]["archive_digest"] == packaged["archive_digest"]
    assert "orders" in older.http("/")


# --- the same commit again ----------------------------------------------------------------------------

STEPS = ("test", "build", "push", "package", "publish")


@pytest.fixture(scope="module")
def line(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A version that runs, on a platform whose document is in a repository of its own."""
    home = tmp_path_factory.mktemp("platform")
    with app.new(testbed, tmp_path_factory.mktemp("again"), "dockerfile") as application:
        document = platform(home, testbed["PK_TESTBED_REGISTRY"], testbed)
        application.tool("git", "init", "--quiet", cwd=home)
        there = application.with_env(PIPELINEKIT_PLATFORM=document)
        _commit(there, home)
        yield there


@pytest.fixture
def deployed(line: Application) -> Application:
    """That version, whatever the test before has put in its place."""
    for verb in STEPS:
        line.must(verb)
    line.must("deploy", "--env", "dev")
    return line


@pytest.fixture
def agent(deployed: Application, tmp_path: Path) -> Application:
    """The same commit in another clone, without receipts."""
    clone = tmp_path / "orders"
    deployed.tool("git", "clone", "--quiet", str(deployed.folder), str(clone))
    return replace(deployed, folder=clone)


def _commit(application: Application, home: Path) -> None:
    application.tool("git", "add", "--all", cwd=home)
    author = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    application.tool("git", *author, "commit", "--quiet", "--message", "Change", cwd=home)


def _rewritten(application: Application, change: Callable[[dict[str, Any]], Any], more: str = "") -> None:
    """Change the platform's document, and commit it."""
    path = Path(application.env["PIPELINEKIT_PLATFORM"])
    data = yaml.safe_load(path.read_text())
    change(data)
    path.write_text(yaml.safe_dump(data, sort_keys=False) + more)
    _commit(application, path.parent)


def _reorder(data: dict[str, Any]) -> None:
    items = list(data.items())[::-1]
    data.clear()
    data.update(items)


def _register(data: dict[str, Any]) -> None:
    data["applications"] = [
        {"name": f"shop-{uuid4().hex[:6]}", "team": "web", "repository": "https://git.example.com/shop"}
    ]


def _one_more(data: dict[str, Any]) -> None:
    data["environments"].append({"name": "test", "cluster": "one", "namespace": "{team}-test"})
    data["packages"] = {"maven": {"url": "https://nexus.example.com/maven"}}


def test_what_does_not_count_of_the_platform_leaves_everything_as_it_is(deployed: Application) -> None:
    before = _receipts(deployed)
    for change, more in ((dict, f"# {uuid4().hex}\n"), (_register, ""), (_reorder, ""), (_one_more, "")):
        _rewritten(deployed, change, more)
        # The receipts count as they are …
        for verb in ("package", "publish"):
            assert deployed.must(verb, "--json").json()["acted"] is False, (verb, change)
        assert deployed.must("deploy", "--env", "dev", "--json").json()[0]["acted"] is False, change
    assert {verb: deployed.must(verb, "--json").json()["acted"] for verb in STEPS} == dict.fromkeys(
        STEPS, False
    )
    assert _receipts(deployed) == before
    # … and so does what is there, where nobody has them.
    for each in (deployed.folder / ".pipelinekit").glob("receipts/*.json"):
        each.unlink()
    for each in deployed.folder.rglob("orders-*.tgz"):
        each.unlink()
    again = {verb: deployed.must(verb, "--json").json()["acted"] for verb in STEPS[1:]}
    assert again == {"build": False, "push": False, "package": True, "publish": False}
    assert deployed.must("deploy", "--env", "dev", "--json").json()[0]["acted"] is False
    assert _receipts(deployed)["publish"] == before["publish"]


def _receipts(application: Application) -> dict[str, Any]:
    folder = application.folder / ".pipelinekit/receipts"
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}


def test_another_clone_publishes_nothing_anew(agent: Application) -> None:
    again = {verb: agent.must(verb, "--json").json() for verb in ("build", "push", "package", "publish")}
    assert [again[verb]["acted"] for verb in ("build", "push", "publish")] == [False] * 3
    assert agent.must("deploy", "--env", "dev", "--json").json()[0]["acted"] is False
    agent.must("verify", "--env", "dev")


def test_what_counts_of_the_platform_makes_new_receipts(agent: Application, tmp_path: Path) -> None:
    document = tmp_path / "platform.yaml"
    data = yaml.safe_load(Path(agent.env["PIPELINEKIT_PLATFORM"]).read_text())
    data["images"]["path"] = "other/{team}/{name}"
    data["charts"]["repository"] += "/other"
    document.write_text(yaml.safe_dump(data))
    for verb in ("build", "push"):
        agent.must(verb)
    elsewhere = agent.with_env(PIPELINEKIT_PLATFORM=str(document))
    said = elsewhere.verb("package")
    assert said.code == 6
    assert "the platform gives it another address, build argument or namespace" in said.reason
    again = {verb: elsewhere.must(verb, "--json").json() for verb in STEPS}
    assert [again[verb]["acted"] for verb in ("push", "package", "publish")] == [True] * 3
    assert again["push"]["receipt"]["repository"] == f"other/{agent.team}/orders"


def test_a_chart_of_an_older_version_of_the_tool_is_published_already(
    agent: Application, tmp_path: Path
) -> None:
    document = tmp_path / "platform.yaml"
    data = yaml.safe_load(Path(agent.env["PIPELINEKIT_PLATFORM"]).read_text())
    data["charts"]["repository"] += "/older"
    document.write_text(yaml.safe_dump(data))
    older = agent.with_env(PIPELINEKIT_PLATFORM=str(document))
    for verb in ("build", "push", "package"):
        older.must(verb)
    path = older.folder / ".pipelinekit/receipts/package.json"
    receipt = json.loads(path.read_text())
    archive = older.folder / receipt["archive"]
    as_formerly(archive)
    receipt["archive_digest"] = f"sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}"
    path.write_text(json.dumps(receipt))
    published = older.must("publish", "--json").json()
    assert published["acted"]
    for name in ("package", "publish"):
        (older.folder / f".pipelinekit/receipts/{name}.json").unlink()
    packaged = older.must("package", "--json").json()["receipt"]
    assert packaged["archive_digest"] != receipt["archive_digest"]
    again = older.must("publish", "--json").json()
    assert (again["acted"], again["receipt"]) == (False, published["receipt"])
    # What gets deployed is what is published, byte for byte.
    older.must("deploy", "--env", "dev")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == receipt["archive_digest"].partition(":")[2]
