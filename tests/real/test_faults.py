"""What a user reads when the world fails: exit 5 (4, 6) with the reason first, and nothing half done."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real import app
from tests.real.app import Application
from tests.testbed import registry

RECEIPTS = Path(".pipelinekit/receipts")


def _receipts(application: Application) -> set[str]:
    folder = application.folder / RECEIPTS
    return {each.stem for each in folder.glob("*.json")} if folder.exists() else set()


@pytest.fixture
def built(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[Application]:
    """A built application."""
    with app.new(testbed, tmp_path / "apps", "dockerfile") as application:
        application.must("build")
        yield application


def _with_registry(application: Application, address: str) -> Application:
    """The same application, built for another registry."""
    moved = application.with_env(PIPELINEKIT_REGISTRY=address)
    moved.must("build")
    return moved


def test_a_registry_that_is_down(built: Application) -> None:
    application = _with_registry(built, "127.0.0.1:1")
    said = application.verb("push")
    assert said.code == 5
    assert "127.0.0.1:1 does not answer: Connection refused" in said.reason
    assert _receipts(application) == {"build"}


def test_a_wrong_password_is_tried_once(built: Application, tmp_path: Path) -> None:
    with registry.serve(tmp_path / "registry", auth=True) as other:
        application = _with_registry(built, other.address)
        wrong = {"PK_REGISTRY_USER": other.user, "PK_REGISTRY_PASSWORD": "wrong"}
        said = application.verb("push", env=wrong)
        assert said.code == 5
        assert "refuses the credentials" in said.reason
        assert "PK_REGISTRY_USER" in said.err
        assert "wrong" not in said.err.replace("refuses", "")
        assert _receipts(application) == {"build"}
        right = {"PK_REGISTRY_USER": other.user, "PK_REGISTRY_PASSWORD": other.password}
        application.must("push", env=right)
        application.must("package", env=right)
        application.must("publish", env=right)


def test_a_registry_with_a_ca_of_its_own(built: Application, tmp_path: Path) -> None:
    with registry.serve(tmp_path / "registry", tls=True) as other:
        application = _with_registry(built, other.address)
        said = application.verb("push")
        assert said.code == 5
        assert "certificate is not trusted" in said.reason
        assert "REQUESTS_CA_BUNDLE" in said.err
        assert _receipts(application) == {"build"}
        # A loopback registry is one that the engine takes without its CA; we do not.
        application.must("push", env={"REQUESTS_CA_BUNDLE": str(other.ca)})


@contextmanager
def _full_disk(folder: Path) -> Iterator[Path]:
    """A file system of 3 MiB without a byte to spare."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(folder: Path) -> None:
    with (folder / "ballast").open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"x" * 4096)
        except OSError:
            return


def test_a_full_disk_leaves_no_half_written_file(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path, "dockerfile") as application, _full_disk(tmp_path / "disk") as disk:
        shutil.copytree(application.folder, disk / "orders", ignore=shutil.ignore_patterns(".git"))
        small = Application(disk / "orders", application.name, application.team, application.env)
        small.replace("app.yaml", "replicas: 1", "replicas: 3")
        for path in (disk / "orders" / "Jenkinsfile", disk / "orders" / "draft.toml"):
            path.unlink()
        before = {path: path.read_bytes() for path in disk.rglob("*") if path.is_file()}
        _fill(disk)
        said = small.verb("generate", "--restore", "Jenkinsfile", "--restore", "draft.toml")
        assert said.code == 5
        assert "No space left on device" in said.reason
        assert "make room" in said.err
        for path, content in before.items():
            now = path.read_bytes()
            assert now in (content, (application.folder / path.relative_to(disk / "orders")).read_bytes()), (
                path
            )
        assert not list(disk.rglob("*pipelinekit-tmp"))
        (disk / "ballast").unlink()
        small.must("generate", "--restore", "Jenkinsfile", "--restore", "draft.toml")
        assert (disk / "orders" / "Jenkinsfile").exists()
        assert small.must("generate", "--check").code == 0


def test_a_cluster_that_does_not_answer(built: Application, tmp_path: Path) -> None:
    built.until("publish")
    nowhere = tmp_path / "kubeconfig"
    nowhere.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: testbed\n"
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users: [{name: u, user: {token: x}}]\n"
        "contexts: [{name: testbed, context: {cluster: c, user: u}}]\n"
    )
    said = built.verb("deploy", env={"KUBECONFIG": str(nowhere)})
    assert said.code == 5
    assert said.reason.startswith("error: the cluster does not answer")
    assert "deploy-dev" not in _receipts(built)


@pytest.mark.parametrize(
    ("breakage", "reason"),
    [
        ("CMD [", 'CMD ["false"] #'),
        ("USER 65532", "USER 0 #"),
    ],
    ids=["crashes", "runs as root"],
)
def test_an_image_that_never_becomes_ready(built: Application, breakage: str, reason: str) -> None:
    line = next(
        each for each in (built.folder / "Dockerfile").read_text().splitlines() if each.startswith(breakage)
    )
    built.replace("Dockerfile", line, reason.split(" #")[0])
    built.commit()
    built.until("publish")
    said = built.verb("deploy", "--timeout", "120")
    assert said.code == 5
    expected = "web ended with exit code 1" if breakage == "CMD [" else "CreateContainerConfigError"
    assert expected in said.reason, said.err
    assert "deploy-dev" not in _receipts(built)
    assert built.verb("status").code == 1


def test_an_image_that_is_gone_and_the_repair(built: Application) -> None:
    built.until("publish")
    release = {"PIPELINEKIT_MIRROR": built.env["PIPELINEKIT_MIRROR"]}
    built.replace("charts/orders/values.yaml", "repository: orders", "repository: orders # kept comment")
    stale = built.verb("deploy", env=release)
    assert stale.code == 6
    built.commit()
    built.until("deploy")


def test_pods_that_the_namespace_does_not_admit(built: Application) -> None:
    """A chart that somebody edited against the namespace's policy fails with the policy's own words."""
    built.replace(
        "charts/orders/templates/_helpers.tpl",
        "allowPrivilegeEscalation: false",
        "allowPrivilegeEscalation: true",
    )
    built.commit()
    built.until("publish")
    said = built.verb("deploy", "--timeout", "20")
    assert said.code == 5
    assert "violates PodSecurity" in said.reason, said.err


@pytest.mark.parametrize(("tool", "verb"), [("helm", "package"), ("kubectl", "deploy"), ("git", "build")])
def test_a_missing_tool_is_named_with_how_to_get_it(
    built: Application, tmp_path: Path, tool: str, verb: str
) -> None:
    built.until("publish")
    for each in ("package", "publish"):
        (built.folder / RECEIPTS / f"{each}.json").unlink() if each == verb else None
    only = tmp_path / "bin"
    only.mkdir()
    for name in ("git", "helm", "kubectl", "sh", "docker"):
        found = shutil.which(name, path=built.env["PATH"])
        if name != tool and found:
            (only / name).symlink_to(found)
    said = built.verb(verb, env={"PATH": f"{app.BIN}{os.pathsep}{only}"})
    assert said.code == 4
    assert f"{tool} is not installed" in said.reason
    assert len(said.err.splitlines()) >= 2, "no word on how to get it"


def test_an_engine_that_does_not_answer(built: Application) -> None:
    said = built.verb("test", env={"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    assert said.code in (0, 4)
    (built.folder / RECEIPTS / "build.json").unlink()
    said = built.verb("build", env={"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    assert said.code == 4
    assert "no Docker engine answers" in said.reason
    assert _receipts(built) <= {"test"}


def test_a_build_that_fails_says_which_step(built: Application) -> None:
    built.replace("Dockerfile", "RUN echo ok", "RUN no-such-command")
    said = built.verb("build")
    assert said.code == 5
    assert "RUN no-such-command" in said.reason


def test_a_damaged_receipt_is_refused(built: Application) -> None:
    built.write(".pipelinekit/receipts/build.json", '{"format": 1, "verb"')
    said = built.verb("push")
    assert said.code == 6
    assert "cannot be read" in said.reason
    assert "pipelinekit build" in said.err


def test_a_version_that_another_revision_has_taken(built: Application) -> None:
    built.must("push")
    built.write("index.html", "another")
    # The same count of commits, from another history: what a forced push leaves behind.
    built.tool(
        "git",
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.com",
        "commit",
        "--quiet",
        "--all",
        "--amend",
        "--no-edit",
    )
    built.must("build")
    said = built.verb("push")
    assert said.code == 6
    assert "from another revision" in said.reason


def test_a_shallow_clone_is_not_guessed_over(built: Application, tmp_path: Path) -> None:
    built.commit()
    shallow = tmp_path / "shallow"
    built.tool("git", "clone", "--quiet", "--depth", "1", f"file://{built.folder}", str(shallow))
    said = built.verb("build", cwd=shallow)
    assert said.code == 6
    assert "git fetch --unshallow" in said.err
