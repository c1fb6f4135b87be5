"""An agent that stays, attacked by a pull request: then Jenkins' own checkout and the next build of main."""

from __future__ import annotations

import base64
import json
import os
import pwd
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.jenkins.harness import Checkout, Credential, Engine, Run, Trace, run
from tests.real import app
from tests.real.app import BIN, Application

ROOT = Path(__file__).resolve().parents[2]
HOME = pwd.getpwuid(os.getuid()).pw_dir
APART = """\
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$2"
shift 2
exec "$@"
"""
"""Whoever runs in it can write into the home of the passwd entry: that is on a disk of its own."""
LOOK = 'cd "$UPPER" && find . ! -type d | grep -v "^./.cache/pipelinekit-harness" || true'
ATTACK = """\
#!/bin/sh
# Runs as whoever lets it; leaves itself wherever a later program may find it.
for home in "$HOME" "$(getent passwd "$(id -u)" | cut -d: -f6)" /root; do
    [ -n "$home" ] || continue
    mkdir -p "$home/.config/git" "$home/.ssh" "$home/hooks" "$home/.cache/pipelinekit"
    printf '#!/bin/sh\\nenv >> {loot}\\n' > "$home/hooks/post-checkout"
    cp "$home/hooks/post-checkout" "$home/hooks/run"
    chmod +x "$home/hooks/post-checkout" "$home/hooks/run"
    for file in "$home/.gitconfig" "$home/.config/git/config"; do
        printf '[core]\\n\\thooksPath = %s\\n\\tfsmonitor = %s\\n[credential]\\n\\thelper = %s\\n' \\
            "$home/hooks" "$home/hooks/run" "$home/hooks/run" >> "$file"
    done
    echo 'ProxyCommand env' >> "$home/.ssh/config"
    echo 'machine 127.0.0.1 login a password b' >> "$home/.netrc"
    {more}
done
"""
MORE = """\
mkdir -p "$home/.docker/cli-plugins" "$home/.config/containers"
    echo '{"credsStore": "evil", "auths": {}}' > "$home/.docker/config.json"
    printf '#!/bin/sh\\nenv >> LOOT\\n' > "$home/.docker/cli-plugins/docker-buildx"
    chmod +x "$home/.docker/cli-plugins/docker-buildx"
    echo 'unqualified-search-registries = ["evil.example"]' > "$home/.config/containers/registries.conf"
"""
DOCKERFILE = """\
ARG BASE_REGISTRY
FROM ${BASE_REGISTRY}/library/busybox:stable AS test
COPY . /src
RUN sh /src/attack.sh || true
CMD ["sh", "/src/attack.sh"]
FROM ${BASE_REGISTRY}/library/busybox:stable
COPY . /src
RUN sh /src/attack.sh || true
USER 65532:65532
"""
PLAIN = """\
ARG BASE_REGISTRY
FROM ${BASE_REGISTRY}/library/busybox:stable
COPY index.html /
USER 65532:65532
"""
SECRETS = {"PK_REGISTRY_PASSWORD", "PK_CHARTS_PASSWORD"}


@dataclass
class Agent:
    """One machine for all builds: an engine whose home is apart, and who is at home there."""

    engine: Engine
    application: Application
    credentials: Mapping[str, Credential]
    folder: Path
    platform: Path

    @property
    def loot(self) -> str:
        """What a program of the attacker's has seen of others' environments."""
        path = self.folder / "loot"
        return path.read_text() if path.exists() else ""

    def build(self, branch: str, number: int | None = None) -> Trace:
        """A build of a branch or pull request, in a workspace kept for it; with main's Jenkinsfile."""
        folder = self.application.folder
        ref = f"refs/heads/{branch}"
        return self._run(
            (folder / "Jenkinsfile").read_text(),
            workspace=self.folder / re.sub("[^a-z]", "-", branch),
            checkout=Checkout(str(folder), tags=True, ref=ref),
            branch=branch,
            pull_request=number,
            parameters={"DEPLOY": False},
            credentials=self.credentials,
        )

    def written(self) -> list[str]:
        """The files that builds have written into the agent's home, or deleted there."""
        text = f"node {{ sh script: {LOOK!r} }}"
        trace = self._run(text, workspace=self.folder / "look")
        return [line for line in (trace.called("sh")[0].output or "").splitlines() if line.startswith("./")]

    def _run(self, text: str, **facts: object) -> Trace:
        env = self.application.env
        workspace = facts["workspace"]
        assert isinstance(workspace, Path)
        workspace.mkdir(exist_ok=True)
        environment = {
            "HOME": HOME,
            "UPPER": str(self.folder / "disk" / "upper"),
            "PATH": f"{BIN}{os.pathsep}{env['PATH']}",
            "DOCKER_HOST": env["DOCKER_HOST"],
            "PIPELINEKIT_PLATFORM": str(self.platform),
        }
        request = Run(
            jenkinsfile=text,
            library=ROOT,
            environment=environment,
            timeout=600,
            sh_timeout=300,
            **facts,  # type: ignore[arg-type]
        )
        return run([request], self.engine)[0]


def _login(testbed: Mapping[str, str]) -> Credential:
    config = json.loads((Path(testbed["DOCKER_CONFIG"]) / "config.json").read_text())
    auth = config["auths"][testbed["PK_TESTBED_REGISTRY"]]["auth"]
    user, _, password = base64.b64decode(auth).decode().partition(":")
    return Credential("usernamePassword", {"username": user, "password": password})


def _platform(folder: Path, registry: str, *, commands: bool) -> Path:
    document = {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {
            "registry": registry,
            "credentials": "nexus",
            "mirror": registry,
            "mirrorCredentials": {"id": "nexus-read", "pullRequests": True},
        },
        "charts": {"repository": f"oci://{registry}/charts", "credentials": "nexus"},
        "jenkins": {
            "url": "https://jenkins.example.com",
            "agent": {"label": "linux"},
            **({"pullRequests": {"commands": True}} if commands else {}),
        },
        "clusters": [{"name": "one"}],
        "environments": [{"name": "dev", "cluster": "one", "namespace": "{team}-dev"}],
    }
    path = folder / "platform.yaml"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def agent(request: pytest.FixtureRequest, testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Agent]:
    commands = request.param
    platform = _platform(tmp_path, testbed["PK_TESTBED_REGISTRY"], commands=commands)
    disk = tmp_path / "disk"
    disk.mkdir()
    within = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", APART, "sh", str(disk), HOME]
    with app.new(testbed, tmp_path / "apps", "dockerfile", "--platform", str(platform)) as application:
        application.write("Dockerfile", PLAIN)
        application.commit()
        credentials = {"nexus": _login(testbed), "nexus-read": _login(testbed)}
        with Engine(within) as engine:
            yield Agent(engine, application, credentials, tmp_path, platform)


def push_attack(agent: Agent, *, more: bool) -> None:
    """A branch whose author would like to see what main's builds see."""
    application, loot = agent.application, agent.folder / "loot"
    application.tool("git", "switch", "--quiet", "--create", "attack")
    script = ATTACK.format(loot=loot, more=MORE.replace("LOOT", str(loot)) if more else "")
    application.write("attack.sh", script)
    application.write("Dockerfile", DOCKERFILE)
    text = (application.folder / "app.yaml").read_text()
    stages = ", ".join(
        f"{verb}: {{before: [sh attack.sh], after: [sh attack.sh]}}" for verb in ("test", "build", "push")
    )
    around = text.replace("build:\n", f"build:\n  around: {{{stages}}}\n", 1)
    assert around != text
    application.write("app.yaml", around)
    application.commit("Attack")
    application.tool("git", "switch", "--quiet", "main")
    application.write("index.html", "changed\n")
    application.commit("Change")


@pytest.mark.parametrize("agent", [False], indirect=True, ids=["defaults"])
def test_a_pull_request_leaves_nothing_that_a_build_of_main_could_run_into(agent: Agent) -> None:
    first = agent.build("main")
    assert first.result == "SUCCESS", first.console
    push_attack(agent, more=True)
    attacked = agent.build("attack", 7)
    assert attacked.result == "SUCCESS", attacked.console
    for verb in ("test", "build"):
        lines = [each for each in attacked.console.splitlines() if f"build.around.{verb}" in each]
        assert len(lines) == 1, attacked.console
        assert "2 commands skipped, for this is a pull request" in lines[0]
    assert agent.written() == []
    after = agent.build("main")
    assert after.result == "SUCCESS", after.console
    assert " > git fetch" in after.console
    assert agent.written() == []
    assert agent.loot == ""


@pytest.mark.parametrize("agent", [True], indirect=True, ids=["commands: true"])
def test_who_lets_their_commands_run_has_them_in_the_home_but_no_verb_reads_it(agent: Agent) -> None:
    """That the attack works is what the other test lives on; what verbs hold is safe from it even so."""
    push_attack(agent, more=False)
    attacked = agent.build("attack", 7)
    assert attacked.result == "SUCCESS", attacked.console
    assert {"./.gitconfig", "./.netrc", "./hooks/run"} <= set(agent.written())
    after = agent.build("main")
    assert after.result == "SUCCESS", after.console
    # Jenkins' own checkout runs what it finds there, and holds what the agent holds. The verbs hold more.
    assert f"HOME={HOME}" in agent.loot
    assert "PK_VERB" not in agent.loot
    assert not [each for each in SECRETS if each in agent.loot]
    held = {name for step in after.called("sh") for name in step.environment}
    assert held >= SECRETS


def test_the_harness_has_left_the_real_home_alone() -> None:
    assert not Path(HOME, "hooks", "run").exists()
