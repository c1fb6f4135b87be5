"""The line, from `new-app` to HTTP 200, in every language; and again, when there is nothing to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelinekit.generators.languages import DEFAULTS
from tests import matrix
from tests.real import app
from tests.real.app import LINE

SKELETON_TESTS = {"python": 3, "node": 3, "go": 3, "java-maven": 3, "rust": 3, "static": 2, "dockerfile": 0}


@pytest.mark.parametrize("language", matrix.sampled("languages", list(SKELETON_TESTS), keep=2))
def test_a_new_application_goes_from_nothing_to_http_200(
    testbed: Mapping[str, str], tmp_path: Path, language: str
) -> None:
    with app.new(testbed, tmp_path, language) as application:
        said = {verb: application.must(verb, "--json").json() for verb in LINE}
        assert said["test"]["receipt"]["passed"] == SKELETON_TESTS[language]
        assert "orders" in application.http("/")
        assert application.http("/healthz").strip() == "ok"
        _runs_restricted_and_by_digest(application, said["push"]["receipt"]["digest"])
        _second_run_does_nothing(application)


def _runs_restricted_and_by_digest(application: app.Application, digest: str) -> None:
    namespace = json.loads(
        application.tool("kubectl", "get", "namespace", application.namespace, "-o", "json")
    )
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    pods = [
        each for each in application.objects("pods") if each["metadata"]["name"].endswith("-test") is False
    ]
    images = {status["imageID"] for each in pods for status in each["status"]["containerStatuses"]}
    assert {image.rsplit("@", 1)[-1] for image in images} == {digest}


def _second_run_does_nothing(application: app.Application) -> None:
    before = _files(application.folder)
    release = application.tool("helm", "-n", application.namespace, "status", application.name, "-o", "json")
    for verb in LINE:
        answer = application.must(verb, "--json").json()
        for each in answer if isinstance(answer, list) else [answer]:
            assert each["acted"] is False, each["sentence"]
    assert application.must("generate", "--json").json()["current"]
    after = application.tool("helm", "-n", application.namespace, "status", application.name, "-o", "json")
    assert json.loads(after)["version"] == json.loads(release)["version"]
    assert _changed(before, _files(application.folder)) == []


def _files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Content and modification time of every file that is not a receipt: a receipt is dated by its check."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".git" not in path.parts and "receipts" not in path.parts:
            found[str(path)] = (path.read_bytes(), path.stat().st_mtime_ns)
    return found


def _changed(before: dict[str, tuple[bytes, int]], after: dict[str, tuple[bytes, int]]) -> list[str]:
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def test_every_language_that_is_run_is_in_this_table() -> None:
    assert {name for name, each in DEFAULTS.items() if each.run_here} == set(SKELETON_TESTS)


def test_a_change_makes_a_new_version_and_only_a_new_version(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    with app.new(testbed, tmp_path) as application:
        application.until("verify")
        assert application.must("version").out.strip() == "0.1.1"
        application.replace("orders/web.py", "Hello from", "Greetings from")
        application.replace("tests/test_web.py", "Hello from", "Greetings from")
        assert "-dirty.g" in application.must("version").out
        stale = application.verb("push")
        assert stale.code == 6
        assert "commit" in stale.reason
        application.commit()
        application.until("verify")
        assert application.must("version").out.strip() == "0.1.2"
        assert "Greetings" in application.http()


def test_a_changed_descriptor_makes_receipts_stale(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path) as application:
        application.must("build")
        application.replace("app.yaml", "replicas: 1", "replicas: 2")
        said = application.verb("push")
        assert said.code == 6
        assert "app.yaml" in said.reason
        assert "pipelinekit build" in said.err


def test_a_verb_without_those_before_it_says_which(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path) as application:
        verbs = ("build", "push", "package", "publish", "deploy")
        for number, verb in enumerate(verbs[1:], 1):
            said = application.verb(verb)
            assert said.code == 6
            # The earliest, or each would lead one step back; the others stand behind it.
            between = "".join(f", then {', '.join(verbs[1:number])}" for _ in verbs[1:number][:1])
            assert f"run `pipelinekit build` first{between}" in said.err


def test_two_builds_of_one_revision_publish_one_image(testbed: Mapping[str, str], tmp_path: Path) -> None:
    """A second agent, which starts empty, must not be refused for a build that is a second older."""
    with app.new(testbed, tmp_path) as application:
        application.until("publish")
        first = application.must("push", "--json").json()["receipt"]["digest"]
        second = app.Application(tmp_path / "again", application.name, application.team, application.env)
        application.tool("git", "clone", "--quiet", str(application.folder), str(second.folder))
        application.tool(
            "docker", "rmi", "--force", f"{testbed['PK_TESTBED_REGISTRY']}/{application.team}/orders:0.1.1"
        )
        second.write("orders/.keep", "")  # other layers, so that the second image really is another one
        second.tool("rm", "orders/.keep")
        second.until("publish")
        assert second.must("push", "--json").json()["receipt"]["digest"] == first


def test_commands_around_a_stage_run_in_order(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path) as application:
        application.replace(
            "app.yaml",
            "  language: python\n",
            "  language: python\n  around:\n    build:\n"
            "      before: ['echo before >> ../trace', 'test -f app.yaml']\n"
            "      after: ['echo after >> ../trace']\n",
        )
        application.must("build")
        assert (tmp_path / "trace").read_text() == "before\nafter\n"
        application.replace("app.yaml", "test -f app.yaml", "exit 7")
        said = application.verb("build")
        assert said.code == 5
        assert "exit 7" in said.reason


def test_build_arguments_arrive_as_they_are(testbed: Mapping[str, str], tmp_path: Path) -> None:
    values = {
        "A_SHELL": "orders; rm -rf / $(id) `id` ${HOME} $HOME && true",
        "B_QUOTES": "'\"\\ {{ x }} #{y} %s",
        "C_TEXT": "é 🚀 \u200f - x: y",
        "D_LONG": "x" * 300,
    }
    with app.new(testbed, tmp_path, "dockerfile") as application:
        args = json.dumps(values, ensure_ascii=False)
        application.replace(
            "app.yaml", "  language: dockerfile\n", f"  language: dockerfile\n  args: {args}\n"
        )
        lines = [f"ARG {name}\nRUN printf '%s' \"${name}\" > /site/{name}\n" for name in values]
        application.replace("Dockerfile", "RUN echo ok", "".join(lines) + "RUN echo ok")
        application.commit()
        application.until("deploy")
        for name, value in values.items():
            assert application.http(f"/{name}") == value


def test_a_gated_environment_is_not_deployed_to(testbed: Mapping[str, str], tmp_path: Path) -> None:
    platform, ledger = tmp_path / "platform.yaml", tmp_path / "ledger.git"
    with app.new(testbed, tmp_path) as application:
        application.tool("git", "init", "--quiet", "--bare", str(ledger))
        registry = testbed["PK_TESTBED_REGISTRY"]
        arguments = ("--name", "acme", "--registry", registry, "--mirror", registry, "--to", str(platform))
        application.must(
            "platform",
            "init",
            *arguments,
            "--gates",
            "--ledger",
            str(ledger),
            "--environment",
            "dev=testbed",
            "--environment",
            "production=testbed",
        )
        named = application.with_env(PIPELINEKIT_PLATFORM=str(platform))
        named.until("publish")
        refused = named.verb("deploy", "--env", "production")
        assert refused.code == 6
        assert "promotion" in refused.reason
        named.must("deploy", "--automatic")
        assert "orders" in named.http()
        unknown = named.verb("deploy", "--env", "prod")
        assert unknown.code == 2
        assert "production" in unknown.err


def test_status_shows_what_runs_and_what_does_not(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path) as application:
        assert application.must("status", "--env", "dev", "--json").json()[0]["installed"] is False
        application.until("deploy")
        row = application.must("status", "--json").json()[0]
        assert (row["ready"], row["versions"], row["pods"]) == (True, ["0.1.1"], {"orders": "1/1"})
        application.tool("kubectl", "-n", application.namespace, "scale", "deployment/orders", "--replicas=0")
        application.tool("kubectl", "-n", application.namespace, "delete", "service", "orders")
        assert application.verb("status").code == 1
        # A part that somebody deleted is what a deployment repairs, though the release is the same.
        assert application.must("deploy", "--json").json()[0]["acted"] is True
        assert "orders" in application.http()


def test_the_environment_reaches_no_file_of_the_application(
    testbed: Mapping[str, str], tmp_path: Path
) -> None:
    """The registry's password is in no receipt, no image label, no generated file."""
    with app.new(testbed, tmp_path) as application:
        application.until("verify")
        config = json.loads((Path(testbed["DOCKER_CONFIG"]) / "config.json").read_text())
        secrets = [entry["auth"] for entry in config["auths"].values()]
        for path in application.folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert not any(secret.encode() in content for secret in secrets), path
        inspected = application.tool("docker", "inspect", _image(application, testbed))
        assert not any(secret in inspected for secret in secrets)


def _image(application: app.Application, testbed: Mapping[str, str]) -> str:
    return f"{testbed['PK_TESTBED_REGISTRY']}/{application.team}/{application.name}:0.1.1"
