"""Published versions: compared, copied byte for byte, and installed by the Helm before this one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.real import app
from tests.real.app import Application
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
