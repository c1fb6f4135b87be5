"""Images on real engines: the same bytes in, the same image out, and nothing of it twice."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from pipelinekit.adapters.build.context import context_digest, write_context
from tests.real import app
from tests.real.app import Application
from tests.real.registries import Front, front
from tests.testbed.faults import Fault

# --- the context ----------------------------------------------------------------------------------

TREE = (
    *(
        "a.txt",
        "b.md",
        "README.md",
        "README-secret.md",
        "sub/a.txt",
        "sub/b.md",
        "sub/deep/a.txt",
        "sub/deep/c.go",
    ),
    *("other/deep/a.txt", ".hidden/x", "a b.txt", "build/out.o", "build/keep/me.txt", "*.star"),
)
IGNORES = {
    "nothing": "",
    "plain": "a.txt\nsub/deep\n",
    "stars": "*.md\n*/*.txt\n**/*.go\n",
    "negation": "*.md\n!README*.md\nREADME-secret.md\n",
    "order": "*.md\nREADME-secret.md\n!README*.md\n",
    "back": "sub\n!sub/a.txt\nbuild/\n!build/keep\n",
    "all but": "*\n!a.txt\n!sub/deep/a.txt\n",
    "anchored": "/a.txt\n./sub/b.md\n/sub/deep/\n",
    "comments": "# a.txt\n\n  a.txt  \n",
    "classes": "[ab].*\n?[!x]idden\n\\*.star\n",
    "itself": ".dockerignore\nDockerfile\n",
    "crossing": "**/deep\nsub/**\n!sub/b.md\n",
}


def tree(folder: Path, ignore: str) -> None:
    for name in TREE:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    # Two builds at once must not share a layer: one of them takes it away again.
    (folder / "Dockerfile").write_text(f"FROM scratch\nLABEL one={uuid4().hex}\nCOPY . /\n")
    (folder / ".dockerignore").write_text(ignore)


@pytest.mark.parametrize("name", IGNORES)
def test_the_context_is_what_docker_sends(testbed: Mapping[str, str], tmp_path: Path, name: str) -> None:
    tree(tmp_path, IGNORES[name])
    ours = io.BytesIO()
    write_context(tmp_path, "Dockerfile", ours)
    with tarfile.open(fileobj=io.BytesIO(ours.getvalue())) as archive:
        sent = {each.name for each in archive if each.isfile()}
    # The two files that decide about a build are always sent; the builder leaves them out if ignored.
    always = {"Dockerfile", ".dockerignore"}
    assert sent - always == dockers(testbed, tmp_path) - always
    assert always <= sent


def dockers(testbed: Mapping[str, str], folder: Path) -> set[str]:
    """The files that Docker's own client lets into an image."""
    env = {**os.environ, **testbed, "DOCKER_BUILDKIT": "0"}
    tag = f"context-{uuid4().hex}"
    run = {"env": env, "check": True, "capture_output": True}
    subprocess.run(["docker", "build", "--quiet", "--tag", tag, str(folder)], **run)  # type: ignore[call-overload]
    made = subprocess.run(["docker", "save", tag], **run).stdout  # type: ignore[call-overload]
    subprocess.run(["docker", "rmi", "--force", tag], **run)  # type: ignore[call-overload]
    found: set[str] = set()
    with tarfile.open(fileobj=io.BytesIO(made)) as image:
        for layer in (each for each in image.getnames() if each.endswith("layer.tar")):
            content = image.extractfile(layer)
            assert content
            with tarfile.open(fileobj=io.BytesIO(content.read())) as files:
                found |= {each.name.removeprefix("./") for each in files if each.isfile()}
    return found


def test_two_checkouts_give_one_input_digest(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path, "dockerfile") as first:
        second = Application(tmp_path / "second", first.name, first.team, first.env)
        first.tool("git", "clone", "--quiet", str(first.folder), str(second.folder))
        for number, path in enumerate(sorted(second.folder.rglob("*"))):
            if ".git" not in path.parts:
                os.utime(path, (number, number))
                if path.is_file():
                    path.chmod(0o600 if number % 2 else 0o664)
        digests = {context_digest(each.folder, "Dockerfile") for each in (first, second)}
        assert len(digests) == 1
        first.must("build")
        first.must("push")
        built = second.must("build", "--json").json()
        assert not built["acted"]
        assert "not built" in built["sentence"]
        (second.folder / "index.html").chmod(0o755)
        assert context_digest(second.folder, "Dockerfile") not in digests


# --- once -----------------------------------------------------------------------------------------


@pytest.fixture
def counted(testbed: Mapping[str, str], tmp_path: Path) -> Iterator[tuple[Application, Front]]:
    """An application whose registry, the testbed's, is behind a proxy that counts and fails."""
    with (
        front(testbed, tmp_path / "docker") as counting,
        app.new({**testbed, **counting.env}, tmp_path / "apps", "dockerfile") as application,
    ):
        yield application.with_env(PIPELINEKIT_REGISTRY=counting.proxy.address), counting


def test_again_is_no_build_no_upload_and_six_requests(counted: tuple[Application, Front]) -> None:
    application, counting = counted
    application.until("publish")
    counting.proxy.log.clear()
    for verb in ("build", "push", "package", "publish"):
        assert application.must(verb, "--json").json()["acted"] is False
    assert counting.proxy.count("^(PUT|POST|PATCH|DELETE)") == 0
    assert counting.proxy.count() <= 6, counting.proxy.log
    # On an agent that starts empty, with nothing but the checkout.
    counting.proxy.log.clear()
    shutil.rmtree(application.folder / ".pipelinekit" / "receipts")
    assert application.must("build", "--json").json()["acted"] is False
    assert application.must("push", "--json").json()["acted"] is False
    application.must("package")
    assert application.must("publish", "--json").json()["acted"] is False
    assert counting.proxy.count("^(PUT|POST|PATCH|DELETE)") == 0
    assert counting.proxy.count() <= 8, counting.proxy.log


def test_a_changed_configuration_repackages_around_the_same_image(counted: tuple[Application, Front]) -> None:
    application, _ = counted
    application.until("publish")
    first = application.must("publish", "--json").json()["receipt"]
    application.replace("app.yaml", "replicas: 1", "replicas: 3")
    application.must("generate")
    application.commit()
    built = application.must("build", "--json").json()
    assert built["acted"] is False
    application.until("publish")
    second = application.must("publish", "--json").json()["receipt"]
    assert second["image_digest"] == first["image_digest"]
    assert second["digest"] != first["digest"]
    assert (first["version"], second["version"]) == ("0.1.1", "0.1.2")


def test_an_old_image_is_built_again_when_asked(counted: tuple[Application, Front]) -> None:
    application, _ = counted
    registry = application.env["PIPELINEKIT_REGISTRY"]
    application.must("build", "--registry", registry)
    application.must("push", "--registry", registry)
    application.must("package", "--registry", registry)
    application.commit()
    assert application.must("build", "--max-age", "1d", "--json").json()["acted"] is False
    assert application.must("build", "--max-age", "0s", "--json").json()["acted"] is True
    said = application.verb("build", "--max-age", "soon")
    assert said.code == 2


# --- faults ---------------------------------------------------------------------------------------


def test_a_push_outlives_a_bad_network(counted: tuple[Application, Front]) -> None:
    application, counting = counted
    application.must("build")
    for pattern, how in (
        ("^POST .*uploads", {"status": 503}),
        ("^PATCH", {"cut_request": 100}),
        ("^PUT .*uploads", {"status": 500}),
        ("^PUT .*manifests/in-", {"status": 429, "headers": {"Retry-After": "0"}}),
        ("^PUT .*manifests/0", {"status": 400}),
        ("^HEAD .*manifests/0", {"cut_answer": 0}),
    ):
        counting.proxy.fail(pattern, **how)
    pushed = application.must("push", "--json").json()
    assert pushed["acted"]
    assert not [each for each in counting.proxy.faults if each.times], "a fault did not happen"
    assert counting.proxy.count() < 120


def test_a_push_killed_at_half_is_completed(counted: tuple[Application, Front]) -> None:
    application, counting = counted
    application.must("build")
    counting.proxy.fail("^PATCH", slow=3.0)
    application.kill(2.0, "push")
    assert not (application.folder / ".pipelinekit/receipts/push.json").exists()
    assert application.must("push", "--json").json()["acted"]
    application.must("package")
    application.must("publish")


def test_two_who_push_one_version_give_one_image(counted: tuple[Application, Front], tmp_path: Path) -> None:
    first, _ = counted
    second = Application(tmp_path / "second", first.name, first.team, first.env)
    first.tool("git", "clone", "--quiet", str(first.folder), str(second.folder))
    for each in (first, second):
        each.must("build")
    pushes = [
        subprocess.Popen(
            [str(app.BIN / "pipelinekit"), "push", "--json"],
            cwd=each.folder,
            env={**os.environ, **each.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for each in (first, second)
    ]
    results = [(each.communicate(), each.returncode) for each in pushes]
    digests = {json.loads(out)["receipt"]["digest"] for (out, _), code in results if code == 0}
    assert len(digests) == 1
    assert all(code in (0, 6) for _, code in results), results
    assert first.must("push", "--json").json()["receipt"]["digest"] in digests


def test_a_tag_that_moves_between_check_and_push_is_seen(counted: tuple[Application, Front]) -> None:
    application, counting = counted
    application.must("build")
    receipts = application.folder / ".pipelinekit/receipts"
    version = application.must("version").out.strip()

    def somebody_else() -> None:
        counting.put(f"{application.team}/{application.name}", version)

    # Somebody is quicker by one request: what is read back is theirs.
    counting.proxy.faults.append(_after_tagging(version, somebody_else))
    said = application.verb("push")
    assert said.code == 6, said.err
    assert "from another revision" in said.reason
    assert not (receipts / "push.json").exists()


def _after_tagging(version: str, deed: Callable[[], None]) -> Fault:
    # The second question for the version: the first is the check before the push.
    calls: list[int] = []

    def second() -> None:
        calls.append(1)
        if len(calls) == 2:
            deed()

    return Fault(f"^HEAD .*manifests/{version}$", times=2, before=second)
