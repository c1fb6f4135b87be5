"""`platform sync` over every way to a repository, and `explain` as a user reads it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.real import remotes
from tests.real.app import Application
from tests.real.fleet.site import descriptor, platform
from tests.real.remotes import Bare

NAMES = ("one", "two")


@dataclass(frozen=True)
class Served:
    """Bare repositories below `at`, and the command line of who reads them."""

    here: Application
    at: str
    bares: Mapping[str, Bare]

    def lock(self) -> dict[str, str]:
        """The commit of each application in the lock."""
        document = yaml.safe_load((self.here.folder / "platform.lock.yaml").read_text())
        return {f"{each['team']}/{each['name']}": each["commit"] for each in document["applications"]}

    def register(self, *more: str) -> None:
        addresses = {f"t/{name}": f"{self.at}/{name}.git" for name in (*NAMES, *more)}
        self.here.write("platform.yaml", platform(addresses))


@pytest.fixture(params=["path", "http", "ssh"])
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    folder = tmp_path / "git"
    bares = {name: remotes.bare(folder, name, {"app.yaml": descriptor(name)}) for name in NAMES}
    here = Application(tmp_path, "", "", {})
    if request.param == "http":
        with remotes.over_http(folder) as address:
            yield Served(here, address, bares)
    elif request.param == "ssh":
        with remotes.over_ssh(tmp_path / "ssh") as ssh:
            yield Served(Application(tmp_path, "", "", ssh.env), f"{ssh.address}{folder}", bares)
    else:
        yield Served(here, f"file://{folder}", bares)


def test_sync_records_each_descriptor_at_its_commit_and_reads_no_more_than_it_must(served: Served) -> None:
    served.register()
    heads = {f"t/{name}": each.branches()["main"] for name, each in served.bares.items()}
    said = served.here.must("platform", "sync", "--platform", ".")
    assert said.out == "2 applications are locked\n"
    assert served.lock() == heads
    before = (served.here.folder / "platform.lock.yaml").read_bytes()
    assert served.here.must("platform", "sync", "--platform", ".").out.endswith("nothing changed\n")
    assert (served.here.folder / "platform.lock.yaml").read_bytes() == before
    head = served.bares["two"].commit({"app.yaml": descriptor("two").replace("8080", "9090")})
    report = served.here.must("platform", "sync", "--platform", ".", "--json").json()
    assert report["applications"] == {"t/one": "unchanged", "t/two": "updated"}
    assert served.lock() == {**heads, "t/two": head}
    assert "9090" in (served.here.folder / "platform.lock.yaml").read_text()


def test_one_bad_repository_keeps_its_entry_and_stops_nobody(served: Served) -> None:
    served.register()
    served.here.must("platform", "sync", "--platform", ".")
    known = served.lock()
    shutil.rmtree(served.bares["one"].path)
    served.bares["two"].commit({"app.yaml": "kind: Nonsense\n"})
    served.register("three")
    remotes.bare(served.bares["two"].path.parent, "three", {"app.yaml": descriptor("three")})
    said = served.here.verb("platform", "sync", "--platform", ".", "--json")
    assert said.code == 5
    report = said.json()
    assert report["applications"] == {"t/one": "failed", "t/two": "failed", "t/three": "added"}
    assert "git cannot read" in report["reasons"]["t/one"]
    assert "app.yaml" in report["reasons"]["t/two"]
    lock = served.lock()
    assert {title: lock[title] for title in known} == known
    assert "t/three" in lock


def test_calls_that_nobody_accepts_are_told_with_their_places(served: Served) -> None:
    served.register()
    served.bares["one"].commit({"app.yaml": descriptor("one") + "calls: [two]\n"})
    said = served.here.must("platform", "sync", "--platform", ".")
    assert "app.yaml:8:9: calls[0]: 't/two' does not accept 'one'" in said.err


def test_a_platform_is_read_from_its_repository(served: Served) -> None:
    served.register()
    text = (served.here.folder / "platform.yaml").read_text()
    remotes.bare(served.bares["one"].path.parent, "platform", {"platform.yaml": text})
    source = f"git+{served.at}/platform.git@main"
    rows = served.here.verb("generate", "--all", "--platform", source, "--json").json()["applications"]
    assert {title: row["state"] for title, row in rows.items()} == {"t/one": "outdated", "t/two": "outdated"}


def test_a_key_that_the_server_does_not_know_is_an_answer_and_no_question(tmp_path: Path) -> None:
    folder = tmp_path / "git"
    remotes.bare(folder, "one", {"app.yaml": descriptor("one")})
    with remotes.over_ssh(tmp_path / "ssh") as ssh:
        (tmp_path / "ssh" / "authorized").write_text("")
        here = Application(tmp_path, "", "", ssh.env)
        here.write("platform.yaml", platform({"t/one": f"{ssh.address}{folder}/one.git"}))
        said = here.verb("platform", "sync", "--platform", ".")
        assert said.code == 5
        assert "Permission denied" in said.err
        assert "may this account read it?" in said.err


# --- explain --------------------------------------------------------------------------------------

APP = """\
apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build:
  language: go
run:
  port: 8080
  replicas: 2
  env: {LEVEL: info}
environments:
  production:
    replicas: 4
"""
PLATFORM = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "nexus.example.com:5000"}
charts: {repository: "oci://nexus.example.com:5000/charts"}
clusters: [{name: one, context: acme-one}]
environments:
  - {name: dev, cluster: one, namespace: "{team}-dev", automatic: true}
  - {name: production, cluster: one, namespace: "{team}", after: dev, soak: 1h}
"""


@pytest.fixture
def explained(tmp_path: Path) -> Application:
    here = Application(tmp_path, "orders", "payments", {})
    here.write("app.yaml", APP)
    here.write("platform/platform.yaml", PLATFORM)
    return here


def test_each_value_is_told_with_where_it_is_written(explained: Application) -> None:
    said = explained.must("explain", "app.yaml", "--env", "production", "--platform", "platform")
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in said.out.splitlines()}
    assert lines["run.port"] == "8080 app app.yaml:7:3"
    assert lines["run.replicas"] == "4 environment (production) app.yaml:12:5"
    assert lines["run.env.LEVEL"] == "info app app.yaml:9:9"
    assert lines["run.resources.cpu"].split(" ", 1)[1] == "default"
    assert lines["build.version"].endswith("default (for go)")
    assert lines["image"] == "nexus.example.com:5000/payments/orders platform platform/platform.yaml:4:10"
    assert lines["namespace"] == "payments platform platform/platform.yaml:9:38"


def test_without_an_environment_or_a_platform_it_explains_what_there_is(explained: Application) -> None:
    rows = {row["path"]: row for row in explained.must("explain", "--json").json()}
    assert (rows["run.replicas"]["value"], rows["run.replicas"]["line"]) == (2, 8)
    assert rows["run.replicas"]["from"] == "app"
    assert "namespace" not in rows
    assert rows["base images"]["from"] == "default"


def test_an_environment_that_is_not_there_is_a_usage_error_with_the_nearest(explained: Application) -> None:
    said = explained.verb("explain", "--env", "prodution", "--platform", "platform")
    assert said.code == 2
    assert "did you mean 'production'?" in said.err


@pytest.mark.parametrize(
    ("address", "reason", "step"),
    [
        ("nowhere.git", "git cannot fetch HEAD of ", "`git ls-remote "),
        ("empty.git", "git cannot fetch HEAD of ", "push platform.yaml there, or name its branch"),
        ("there.git@nope", "git cannot fetch nope of ", "`git ls-remote "),
        ("there.git#sub", "there is no sub/platform.yaml in ", "git+URL@ref#FOLDER names the folder"),
    ],
)
def test_a_platform_that_git_does_not_find_comes_with_a_next_step(
    explained: Application, tmp_path: Path, address: str, reason: str, step: str
) -> None:
    made = tmp_path / "there.git"
    remotes.git("init", "--quiet", "--bare", str(tmp_path / "empty.git"), cwd=tmp_path)
    remotes.git("init", "--quiet", str(made), cwd=tmp_path)
    remotes.git("commit", "--quiet", "--allow-empty", "--message=First", cwd=made)
    said = explained.verb("explain", "--platform", f"git+file://{tmp_path}/{address}")
    first, hint = said.err.splitlines()[-2:]
    assert reason in first
    assert step in hint


def test_a_document_with_faults_is_not_explained(explained: Application) -> None:
    explained.replace("app.yaml", "port: 8080", "prot: 8080")
    said = explained.verb("explain")
    assert said.code == 3
    assert "app.yaml:7:3: run.prot: unknown key" in said.err


def test_in_the_platform_s_own_repository_its_document_is_checked_alone(tmp_path: Path) -> None:
    here = Application(tmp_path, "", "", {})
    here.write("platform.yaml", platform({"t/one": "https://git.example.com/one"}))
    for words in ((), ("--platform", "."), ("--platform", "platform.yaml")):
        assert here.must("validate", *words).out == "platform.yaml is valid\n"
    here.replace("platform.yaml", "charts:", "chart:")
    said = here.verb("validate")
    assert (said.code, said.reason) == (3, "error: platform.yaml:1:1: 'charts' is missing")
    assert "chart: unknown key" in said.err
    (tmp_path / "empty").mkdir()
    assert here.verb("validate", "--path", "empty").reason.startswith("error: there is no app.yaml")


def test_two_applications_that_meet_are_told_by_sync_and_by_validate(tmp_path: Path) -> None:
    folder = tmp_path / "git"
    for team in ("a", "b"):
        remotes.bare(
            folder, f"{team}-one", {"app.yaml": descriptor("one").replace("team: t", f"team: {team}")}
        )
    here = Application(tmp_path, "", "", {})
    text = platform({f"{team}/one": f"file://{folder}/{team}-one.git" for team in ("a", "b")})
    assert "images: {" in text
    here.write("platform.yaml", text.replace("images: {", "images: {path: '{name}', ", 1))
    wanted = "'b/one' and 'a/one' meet in release one of namespace dev, repository r:5000/one"
    for verb in (("platform", "sync", "--platform", "."), ("validate", "--platform", ".")):
        said = here.verb(*verb)
        assert said.code == 3, said.err
        assert "platform.yaml:" in said.reason
        assert wanted in said.reason
    locked = yaml.safe_load((tmp_path / "platform.lock.yaml").read_text())["applications"]
    assert len(locked) == 2, "what was read is kept all the same"


def test_what_is_wrong_between_others_is_one_line_to_a_developer(tmp_path: Path) -> None:
    here = Application(tmp_path, "", "", {})
    text = platform({f"{each}": f"https://git.example.com/{each}" for each in ("a/one", "b/one", "c/two")})
    here.write("platform/platform.yaml", text.replace("images: {", "images: {path: '{name}', ", 1))
    here.write("two/app.yaml", descriptor("two").replace("team: t", "team: c"))
    here.write("one/app.yaml", descriptor("one").replace("team: t", "team: b"))
    said = here.verb("validate", "--path", "two", "--platform", "platform")
    assert (said.code, "two/app.yaml" in said.out) == (0, True), said.err
    assert "platform has 1 fault that no change here mends" in said.err
    assert "b/one" not in said.err
    said = here.verb("validate", "--path", "one", "--platform", "platform")
    assert (said.code, "'b/one' and 'a/one' meet" in said.reason) == (3, True), said.err
