"""Package proxies that ask for a password: each ecosystem's own client is let in, nobody else learns it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators.dockerfile import plan
from pipelinekit.model.app import LANGUAGES, Build, Language
from pipelinekit.model.platform.packages import CLIENTS, ECOSYSTEMS, Ecosystem
from pipelinekit.model.release import Credentials
from pipelinekit.plan.logins import login_file
from pipelinekit.render import render
from tests import examples
from tests.jenkins.harness import parse
from tests.real import app, indexes
from tests.real.app import Application, Said
from tests.real.indexes import Index
from tests.real.registries import buildah, buildx, mirror_login, platform
from tests.real.test_dockerfiles import lint
from tests.testbed import binaries, packages, toolchain
from tests.testbed.layout import Layout
from tests.testbed.network import HOST_ADDRESS

HOSTILE = """it's"#&<]]>\\{w}$x:@/%20;="""
SPACED = f' {HOSTILE} two "words" '

# --- the clients themselves -----------------------------------------------------------------------


def client(
    ecosystem: Ecosystem, index: Index, path: str, home: Path, *, login: bool
) -> tuple[str, dict[str, str]]:
    """The proxy's address, and an environment in which the client finds its login as in a build."""
    url = f"{index.address}{path}"
    home.mkdir()
    if login:
        file = home / CLIENTS[ecosystem].file.removeprefix("/root/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(login_file(ecosystem, url, Credentials(index.user, index.password)))
    env = {"HOME": str(home), "PATH": os.environ["PATH"], CLIENTS[ecosystem].argument: url}
    return url, env


def ran(argv: list[str], env: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def let_in(done: subprocess.CompletedProcess[str], index: Index, *, login: bool) -> None:
    """Whether the client got what it wanted with the login, and only with it, and kept it to itself."""
    said = done.stdout + done.stderr
    assert (done.returncode == 0) is login, said
    assert bool(index.served) is login, said
    assert login or index.refused, said
    assert index.password not in said
    assert index.pair not in said


@pytest.mark.parametrize("login", [True, False], ids=["let in", "refused"])
@pytest.mark.parametrize("password", [HOSTILE, SPACED], ids=["hostile", "spaced"])
def test_pip(tmp_path: Path, password: str, login: bool) -> None:
    with indexes.serve(indexes.pypi, password) as index:
        _, env = client("pypi", index, "/simple", tmp_path / "home", login=login)
        quiet = ("--disable-pip-version-check", "--no-cache-dir", "--no-deps")
        argv = [sys.executable, "-m", "pip", "download", *quiet, "acme-greet==1.0"]
        let_in(
            ran(argv, {**env, "PIP_NO_INPUT": "1", "PIP_CONFIG_FILE": os.devnull}, tmp_path),
            index,
            login=login,
        )
    assert (tmp_path / "acme_greet-1.0-py3-none-any.whl").exists() is login


@pytest.mark.parametrize("login", [True, False], ids=["let in", "refused"])
@pytest.mark.parametrize("password", [HOSTILE, SPACED], ids=["hostile", "spaced"])
def test_npm(testbed: Mapping[str, str], tmp_path: Path, password: str, login: bool) -> None:
    node = binaries.unpacked(Layout.from_environment(), binaries.NODE)
    with indexes.serve(indexes.npm, password) as index:
        _, env = client("npm", index, "/repository/npm", tmp_path / "home", login=login)
        (tmp_path / "package.json").write_text('{"dependencies": {"acme-greet": "1.0.0"}}')
        npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        argv = [str(node / "bin" / "node"), str(npm), "install", "--no-audit", "--no-fund"]
        let_in(ran(argv, env, tmp_path), index, login=login)
    assert (tmp_path / "node_modules" / "acme-greet" / "index.js").exists() is login


POM = """\
<project>
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>acme.example</groupId><artifactId>parent</artifactId><version>1</version><relativePath/>
  </parent>
  <artifactId>child</artifactId>
  <packaging>pom</packaging>
</project>
"""


@pytest.mark.parametrize("login", [True, False], ids=["let in", "refused"])
@pytest.mark.parametrize("password", [HOSTILE, SPACED.strip()], ids=["hostile", "spaced"])
def test_maven(testbed: Mapping[str, str], tmp_path: Path, password: str, login: bool) -> None:
    with indexes.serve(indexes.maven, password) as index:
        url, env = client("maven", index, "/maven", tmp_path / "home", login=login)
        if not login:
            mirror = f"<mirror><id>x</id><mirrorOf>*</mirrorOf><url>{url}</url></mirror>"
            settings = tmp_path / "home" / ".m2" / "settings.xml"
            settings.parent.mkdir()
            settings.write_text(f"<settings><mirrors>{mirror}</mirrors></settings>")
        (tmp_path / "pom.xml").write_text(POM)
        argv = [packages.required("mvn"), "--batch-mode", f"-Duser.home={tmp_path / 'home'}", "validate"]
        let_in(ran(argv, env, tmp_path), index, login=login)


def go(index: Index, tmp_path: Path, *, login: bool) -> subprocess.CompletedProcess[str]:
    found = toolchain.find(Layout.from_environment())
    assert found
    _, env = client("go", index, "/go", tmp_path / "home", login=login)
    (tmp_path / "ca.crt").write_text(index.ca)
    (tmp_path / "go.mod").write_text(GO_MOD)
    env |= {"SSL_CERT_FILE": str(tmp_path / "ca.crt"), "GOSUMDB": "off", "GOFLAGS": "-modcacherw"}
    return ran([str(found.root / "bin" / "go"), "mod", "download", "acme.example/greet"], env, tmp_path)


GO_MOD = "module orders\n\ngo 1.22\n\nrequire acme.example/greet v1.0.0\n"


@pytest.mark.parametrize("login", [True, False], ids=["let in", "refused"])
def test_go(testbed: Mapping[str, str], tmp_path: Path, login: bool) -> None:
    with indexes.serve(indexes.go, HOSTILE, tls=tmp_path / "pki") as index:
        let_in(go(index, tmp_path, login=login), index, login=login)


def test_go_sends_no_login_over_http(testbed: Mapping[str, str], tmp_path: Path) -> None:
    """Why `platform.yaml` may not ask for it."""
    with indexes.serve(indexes.go, HOSTILE) as index:
        assert go(index, tmp_path, login=True).returncode != 0
    assert index.refused
    assert not index.served


# --- images ---------------------------------------------------------------------------------------

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


# --- what is generated ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_linter_has_nothing_to_say_about_mounts(language: Language) -> None:
    site = examples.site(package_credentials=dict.fromkeys(ECOSYSTEMS, "reader"))
    tree = render(plan(examples.app(build=Build(language=language)), site), templates())
    assert [line for path, file in tree.items() if path == "Dockerfile" for line in lint(file.text)] == []


def test_gradle_s_script_is_groovy() -> None:
    """All that is tried of it here: these tests have no Gradle."""
    assert parse([templates()["dockerfile/java-gradle/platform.init.gradle"]]) == [[]]
