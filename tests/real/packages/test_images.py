"""Images that are built with a package proxy's login, which nobody else learns."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pipelinekit.model.app import Language
from pipelinekit.model.platform.packages import Ecosystem
from tests.real import app, indexes
from tests.real.app import Application, Said
from tests.real.indexes import Index
from tests.real.packages.bench import GO_MOD, HOSTILE, SPACED
from tests.real.registries import buildah, buildx, mirror_login, platform
from tests.testbed.network import HOST_ADDRESS

RECORD = '#!/bin/sh\necho "$0" "$@" >> "$PK_RECORD"\nexec "{program}" "$@"\n'
ENGINES: dict[str, Any] = {
    "docker": lambda testbed, folder: buildx(testbed, folder / "docker-config"),
    "buildah": lambda testbed, folder: buildah(testbed, folder / "containers"),
}


class Agent:
    """A machine that builds, and everything that is said, run and written there."""

    def __init__(self, testbed: Mapping[str, str], folder: Path, engine: str) -> None:
        self.folder, self.said = folder, ""
        env = ENGINES[engine](testbed, folder)
        tools, self.temporary = folder / "bin", folder / "tmp"
        tools.mkdir()
        self.temporary.mkdir()
        program = shutil.which(engine, path=env["PATH"])
        (tools / engine).write_text(RECORD.format(program=program))
        (tools / engine).chmod(0o755)
        self.env = {
            **env,
            "PIPELINEKIT_ENGINE": engine,
            "PIPELINEKIT_PLATFORM": str(folder / "platform.yaml"),
            "PATH": f"{tools}:{env['PATH']}",
            "PK_RECORD": str(folder / "argv"),
            "TMPDIR": str(self.temporary),
        }

    def run(
        self, application: Application, *words: str, env: Mapping[str, str] | None = None, code: int = 0
    ) -> Said:
        done = application.with_env(**self.env).verb(*words, env=env)
        self.said += done.out + done.err
        assert done.code == code, f"{words}: {done.code}\n{done.out}\n{done.err}"
        return done

    def left(self) -> list[Path]:
        """What builds have left in the machine's temporary folder, and in our own one there."""
        mine = self.temporary / f"pipelinekit-{os.getuid()}"
        return [each for each in (*self.temporary.iterdir(), *mine.iterdir()) if each != mine]

    def save(self, application: Application, receipt: dict[str, str]) -> None:
        """Put into the folder all that the engine tells of an image, and every file of its layers."""
        one, image = application.with_env(**self.env), receipt["image_id"]
        one.tool("docker", "save", "--output", str(self.folder / "image.tar"), image)
        (self.folder / "history").write_text(one.tool("docker", "history", "--no-trunc", image))
        (self.folder / "inspected").write_text(one.tool("docker", "inspect", image))
        one.tool("docker", "rmi", "--force", image)

    def places(self, *texts: str) -> set[str]:
        """The names of the files in which one of these texts is; `said` is what was said."""
        (self.folder / "said").write_text(self.said)
        patterns = self.folder.parent / "patterns"
        patterns.write_text("".join(f"{each}\n" for each in texts))
        grep = ["grep", "--recursive", "--text", "--files-with-matches", "--fixed-strings"]
        done = subprocess.run(
            [*grep, f"--file={patterns}", str(self.folder)], capture_output=True, text=True, check=False
        )
        assert done.returncode in {0, 1}, done.stderr
        return {Path(each).name for each in done.stdout.splitlines()}


@contextmanager
def application(
    testbed: Mapping[str, str], agent: Agent, language: Language, ecosystem: Ecosystem, url: str
) -> Iterator[Application]:
    """An application on a platform whose proxy asks for a login."""
    document = json.loads(Path(platform(agent.folder, testbed["PK_TESTBED_REGISTRY"], testbed)).read_text())
    document["packages"] = {ecosystem: {"url": url, "credentials": "reader"}}
    file = agent.folder / "platform.yaml"
    file.write_text(json.dumps(document))
    with app.new(testbed, agent.folder / "apps", language, "--platform", str(file)) as made:
        yield made


def trusting(orders: Application, agent: Agent, index: Index, build: str) -> None:
    """Say more about the build, and give it the certificate of the index' authority."""
    orders.write("ca.crt", index.ca)
    orders.replace("app.yaml", "\nbuild:\n", f"\nbuild:\n{build}")
    orders.must("generate", "--platform", agent.env["PIPELINEKIT_PLATFORM"])
    orders.commit()


def test_a_python_image_is_built_with_the_login_and_does_not_have_it(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    mark, folder = uuid4().hex, tmp_path / "agent"
    folder.mkdir()
    agent = Agent(testbed, folder, "docker")
    with (
        indexes.serve(indexes.pypi, SPACED + mark, tls=tmp_path / "pki", host=HOST_ADDRESS) as index,
        application(testbed, agent, "python", "pypi", f"{index.address}/simple") as orders,
    ):
        login = {"PK_PYPI_USER": index.user, "PK_PYPI_PASSWORD": index.password}
        orders.write("requirements.txt", "acme-greet==1.0\n")
        orders.write("orders/__init__.py", "import acme_greet\n")
        wanted = "  dependencies: [requirements.txt, ca.crt]\n  args: {PIP_CERT: /app/ca.crt}\n"
        trusting(orders, agent, index, wanted)
        refused = agent.run(orders, "build", code=6)
        assert refused.reason.endswith("PK_PYPI_USER, PK_PYPI_PASSWORD")
        assert index.refused == []
        wrong = {**login, "PK_PYPI_PASSWORD": f"wrong-{mark}"}
        failed = agent.run(orders, "build", code=5, env=wrong)
        assert "acme-greet" in failed.err
        assert "`pipelinekit doctor` asks" in failed.err
        assert (index.served, bool(index.refused)) == ([], True)
        tested = agent.run(orders, "test", "--json", env=login).json()
        assert tested["receipt"]["passed"] > 0
        built = agent.run(orders, "build", "--json", env=login).json()
        assert index.served
        assert agent.left() == []
        agent.save(orders, built["receipt"])
    # Would it be found? What is no secret is.
    assert {"said", "argv", "build.json"} <= agent.places("orders")
    assert agent.places(f"{index.address}/simple") >= {"argv", "said"}
    assert agent.places("PIP_NO_INPUT") >= {"Dockerfile"}
    assert agent.places("WORD = 'greetings'") == {"image.tar"}
    assert agent.places(mark, index.pair) == set()


def test_a_go_image_is_built_with_the_login_and_does_not_have_it(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    mark, folder = uuid4().hex, tmp_path / "agent"
    folder.mkdir()
    agent = Agent(testbed, folder, "docker")
    with (
        indexes.serve(indexes.go, HOSTILE + mark, tls=tmp_path / "pki", host=HOST_ADDRESS) as index,
        application(testbed, agent, "go", "go", f"{index.address}/go") as orders,
    ):
        orders.write("go.mod", GO_MOD)
        orders.write("greet.go", 'package main\n\nimport _ "acme.example/greet"\n')
        arguments = "{SSL_CERT_FILE: /src/ca.crt, GOSUMDB: 'off', GOFLAGS: -mod=mod}"
        trusting(orders, agent, index, f"  dependencies: [go.mod, go.sum*, ca.crt]\n  args: {arguments}\n")
        pull_request = {"BRANCH_NAME": "PR-7", "CHANGE_ID": "7", **mirror_login(testbed)}
        withheld = agent.run(orders, "build", code=5, env=pull_request)
        assert "only builds of main get secrets, this one goes on without: PK_GO_USER" in withheld.err
        assert "401 Unauthorized" in withheld.err
        assert index.served == []
        login = {"PK_GO_USER": index.user, "PK_GO_PASSWORD": index.password}
        built = agent.run(orders, "build", "--json", env=login).json()
        assert index.served
        assert agent.left() == []
        agent.save(orders, built["receipt"])
    assert {"said", "argv", "build.json"} <= agent.places("orders")
    assert "image.tar" in agent.places("acme.example/greet")
    assert agent.places(mark, index.pair) == set()


def test_a_node_image_is_built_with_the_login_and_does_not_have_it(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    mark, folder = uuid4().hex, tmp_path / "agent"
    folder.mkdir()
    agent = Agent(testbed, folder, "docker")
    with (
        indexes.serve(indexes.npm, SPACED + mark, tls=tmp_path / "pki", host=HOST_ADDRESS) as index,
        application(testbed, agent, "node", "npm", f"{index.address}/repository/npm/") as orders,
    ):
        orders.write("package.json", '{"dependencies": {"acme-greet": "1.0.0"}}')
        arguments = "{NODE_EXTRA_CA_CERTS: /app/ca.crt}"
        trusting(orders, agent, index, f"  dependencies: [package.json, ca.crt]\n  args: {arguments}\n")
        login = {"PK_NPM_USER": index.user, "PK_NPM_PASSWORD": index.password}
        built = agent.run(orders, "build", "--json", env=login).json()
        assert index.served
        assert index.refused == []
        assert agent.left() == []
        agent.save(orders, built["receipt"])
    assert agent.places("module.exports = 'greetings'") == {"image.tar"}
    assert agent.places(mark, index.pair) == set()


FILE = "/root/.m2/settings.xml"
MOUNT = f"--mount=type=secret,id=platform-maven,target={FILE}"
DOCKERFILE = f"""\
FROM {{mirror}}/library/busybox:stable
RUN mkdir -p /root/.m2 && echo {{mark}} > {FILE}
RUN {MOUNT} grep -q '<username>u<' {FILE}
RUN {MOUNT} test -s {FILE} && false
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_login_lies_over_what_is_there_and_is_gone_even_after_a_step_that_failed(
    testbed: Mapping[str, str], tmp_path: Path, engine: str
) -> None:
    mark, folder = uuid4().hex, tmp_path / "agent"
    folder.mkdir()
    agent = Agent(testbed, folder, engine)
    with application(testbed, agent, "dockerfile", "maven", "http://127.0.0.1:1/maven") as orders:
        mirror = testbed["PK_TESTBED_REGISTRY"]
        orders.write("Dockerfile", DOCKERFILE.format(mirror=mirror, mark=uuid4().hex))
        orders.commit()
        failed = agent.run(orders, "build", code=5, env={"PK_MAVEN_USER": "u", "PK_MAVEN_PASSWORD": mark})
        assert f"test -s {FILE} && false" in failed.reason
        assert agent.left() == []
    assert agent.places("busybox") >= {"said"}
    assert agent.places(mark) == set()


def test_doctor_asks_the_proxies(testbed: Mapping[str, str], tmp_path: Path) -> None:
    agent = tmp_path / "agent"
    agent.mkdir()
    with (
        indexes.serve(indexes.pypi, HOSTILE) as index,
        application(
            testbed, Agent(testbed, agent, "docker"), "static", "pypi", f"{index.address}/simple"
        ) as one,
    ):
        words = ("doctor", "--platform", str(agent / "platform.yaml"))
        name = f"packages pypi {index.address}/simple"
        said = one.verb(*words, env={"PK_PYPI_USER": index.user, "PK_PYPI_PASSWORD": "wrong"})
        assert said.code == 5
        assert f"{name}: refuses user {index.user} (401)" in said.err
        said = one.verb(*words, env={"PK_PYPI_USER": index.user, "PK_PYPI_PASSWORD": HOSTILE})
        assert f"{name}: answers, and takes user {index.user}" in said.err
        assert HOSTILE not in said.out + said.err
